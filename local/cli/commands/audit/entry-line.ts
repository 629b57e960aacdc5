/**
 * One audit entry as one line of a log: when it was stored, what it tells of and by which clock, in which chain, what
 * kind of thing, and the gist of it.
 */

import type { AuditRow } from '../../../../shared/domain/audit/chain.ts';
import { entryClock, type RecordedRow } from '../../../../shared/domain/audit/entry-times.ts';
import { exchangeTime, minuteName } from '../../../../shared/domain/calendar/exchange-time.ts';
import { priceText, usdText } from '../../../../shared/domain/units/money-text.ts';
import { printable } from '../../../../shared/read-models/format.ts';
import type { Terminal } from '../../shell/terminal.ts';

type Fields = Readonly<Record<string, unknown>>;

const KIND_WIDTH = 9;
const CLOCK_WIDTH = 6;
const TIME_WIDTH = 22;

/** Times in New York. What this version does not know, or a hand has spoilt, is shown as it is stored. */
export function entryLine(row: RecordedRow, terminal: Pick<Terminal, 'paint'>): string {
  const { chain, sequence, kind, eventMs, recordedMs } = row;
  const stored = `stored ${(recordedMs === null ? 'time not kept' : timeText(recordedMs)).padEnd(TIME_WIDTH)}`;
  const event = `${(entryClock(row) ?? 'event').padEnd(CLOCK_WIDTH)} ${timeText(eventMs)}`;
  return `${terminal.paint('dim', `${stored}  ${event}`)}  ${printable(chain)} #${sequence}  ${printable(kind).padEnd(KIND_WIDTH)}  ${gist(row)}`;
}

/** The row with its times in UTC as well, and the clock of the event's. */
export function entryJson(row: RecordedRow): object {
  const { eventMs, recordedMs } = row;
  const recordedAt = recordedMs === null ? null : utcText(recordedMs);
  return { ...row, clock: entryClock(row), eventAt: utcText(eventMs), recordedAt };
}

function gist({ kind, body }: AuditRow): string {
  const fields = fieldsOf(body);
  const describe = fields === null ? undefined : DESCRIBE[kind];
  return fields === null || describe === undefined ? printable(body) : describe(fields);
}

const DESCRIBE: Readonly<Record<string, (fields: Fields) => string>> = {
  decision: decisionText,
  command: (f) => {
    const said = typeof f['text'] === 'string' ? `, ${text(f['text'])}` : '';
    return `${text(f['command'])} by ${text(f['operator'])}: ${text(f['reason'])} → ${stateText(f)}${said}`;
  },
  rearm: (f) => `re-armed by the run: ${text(f['text'])}`,
  order: orderText,
  fill: (f) => {
    const what = `${text(f['side'])} ${text(f['quantity'])} ${text(f['symbol'])} at ${price(f['priceE4'])}`;
    return `${text(f['fillId'])}: ${what}, fees ${money(feesOf(f['fees']))}, ${text(f['code'])}`;
  },
  'order-end': (f) => `${text(f['orderRef'])}: ${text(f['reason'])}`,
  access: (f) => {
    const asked = text(f['detail']) === '' ? '' : ` (${text(f['detail'])})`;
    return `${text(f['method'])} ${text(f['route'])} ${text(f['outcome'])}, ${text(f['status'])}${asked}`;
  },
  secret: (f) => {
    const about = [f['secret'], f['versionId']].filter((each) => typeof each === 'string').join(' ');
    return `${text(f['operation'])}${about === '' ? '' : ` ${about}`} by ${text(f['actor'])}: ${text(f['outcome'])}`;
  },
  export: (f) => `heads exported, after ${text(f['previous']).slice(0, 16)}…`,
};

function decisionText(fields: Fields): string {
  const head = `${minuteText(fields['minuteIndex'])}, ${stateText(fields)}, equity ${money(fields['equityE4'])}`;
  const verdicts = listOf(fields['verdicts']).map((each) => {
    const quantity = each['quantity'] === 0 ? '' : ` ${text(each['quantity'])}`;
    return `${text(each['symbol'])} ${text(each['verdict'])}${quantity}`;
  });
  return [head, ...verdicts].join('; ');
}

function minuteText(minuteIndex: unknown): string {
  return typeof minuteIndex === 'number' ? minuteName(minuteIndex) : `minute ${text(minuteIndex)}`;
}

/** With every cause that stands: since when, by whom, why. */
function stateText(fields: Fields): string {
  const causes = listOf(fields['causes']).map(
    (each) =>
      `${text(each['cause'])} since ${timeText(Number(each['sinceMs']))} by ${text(each['by'])}: ${text(each['why'])}`,
  );
  return causes.length === 0 ? text(fields['state']) : `${text(fields['state'])} (${causes.join('; ')})`;
}

function orderText(fields: Fields): string {
  const condition =
    fields['type'] === 'LIMIT'
      ? `limit ${price(fields['limitPriceE4'])}`
      : fields['type'] === 'STOP'
        ? `stop ${price(fields['stopPriceE4'])}`
        : 'at the next good open';
  const what = `${text(fields['side'])} ${text(fields['quantity'])} ${text(fields['symbol'])}`;
  return `${text(fields['orderRef'])}: ${text(fields['kind'])} ${what} ${condition}`;
}

function fieldsOf(body: string): Fields | null {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each): each is Fields => typeof each === 'object' && each !== null) : [];
}

function feesOf(fees: unknown): number {
  return Object.values((fees ?? {}) as Record<string, number>).reduce((sum, fee) => sum + fee, 0);
}

/** Words of whoever wrote the entry: nothing in them may move the cursor or hide another line. */
function text(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value ?? null));
}

function money(valueE4: unknown): string {
  return usdText(Number(valueE4));
}

function price(priceE4: unknown): string {
  return priceText(Number(priceE4));
}

function timeText(eventMs: number): string {
  return isTime(eventMs) ? exchangeTime(eventMs) : String(eventMs);
}

function utcText(eventMs: number): string {
  return isTime(eventMs) ? new Date(eventMs).toISOString() : String(eventMs);
}

function isTime(eventMs: number): boolean {
  return !Number.isNaN(new Date(eventMs).getTime());
}
