/**
 * A run's result as a table for people. The JSON of `--json` is the result itself.
 */

import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import { exchangeTime } from '../../../shared/domain/calendar/exchange-time.ts';
import { counted, printable, usd } from '../../../shared/read-models/format.ts';
import type { InputNotes } from '../options/recorded-run.ts';
import type { Terminal } from './terminal.ts';

export interface ReplayTimes {
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly wallMs: number;
}

type Printed = RunSummary & Partial<InputNotes & ReplayTimes>;

export function printRun(terminal: Terminal, summary: Printed): void {
  for (const [label, value] of rowsOf(summary)) terminal.out(`${terminal.paint('dim', label.padEnd(18))}${value}`);
}

function rowsOf(summary: Printed): [string, string][] {
  const rows: [string, string][] = [
    ['sessions', listOf(summary.sessions)],
    ['symbols', listOf(summary.symbols)],
    ['bars', summary.bars.toLocaleString('en-US')],
    ['decisions', summary.decisions.toLocaleString('en-US')],
    [
      'orders',
      `${counted(summary.orders, 'entry or exit', 'entries and exits')}, ${counted(summary.stops, 'protective stop')}`,
    ],
    ['fills', summary.fills.toLocaleString('en-US')],
    ['denials', countsOf(summary.denials)],
    ['reductions', countsOf(summary.reductions)],
    ...haltRows(summary),
    ['P&L before fees', usd(summary.grossPnlUsd)],
    ['fees', usd(summary.feesUsd)],
    ['P&L after fees', usd(summary.netPnlUsd)],
    ['largest drawdown', usd(summary.drawdownUsd)],
    ['against the limit', `largest ${usd(summary.limitDrawdownUsd)}`],
    ['equity', usd(summary.equityUsd)],
    [
      'ledger hash',
      summary.ledgerHash ?? `none: the ledger of this run is ${summary.ledgerVersion}, which is only read`,
    ],
  ];
  return [...rows, ...notesOf(summary), ...timesOf(summary)];
}

/** Nothing where there is nothing to say. */
function notesOf({ missingSessions = [], warnings = {} }: Partial<InputNotes>): [string, string][] {
  const skipped = missingSessions.map(({ date, symbols }) => `${date} (no ${symbols.join(', ')})`);
  const rows: [string, string][] = [
    ['skipped', skipped.length === 0 ? '' : listOf(skipped)],
    ['warnings', Object.keys(warnings).length === 0 ? '' : countsOf(warnings)],
  ];
  return rows.filter(([, text]) => text !== '');
}

/** How often it halted, then each halt that stands, or the latest one where none does. */
function haltRows({ halts }: RunSummary): [string, string][] {
  const standing = halts.filter(({ liftedAtMs }) => liftedAtMs === null);
  const how = standing.length === 0 ? 'all lifted' : `${standing.length} of them standing`;
  const shown = standing.length === 0 ? halts.slice(-1) : standing;
  const head = halts.length === 0 ? 'never' : `${counted(halts.length, 'time')}, ${how}`;
  return [['halted', head], ...shown.map((halt): [string, string] => ['', haltText(halt)])];
}

function haltText({ causes, atMs, by, why }: RunSummary['halts'][number]): string {
  return `${causes.join(', ')} at ${exchangeTime(atMs)} by ${printable(by)}: “${printable(why)}”`;
}

function timesOf({ latencyMs, wallMs }: Partial<ReplayTimes>): [string, string][] {
  if (latencyMs === undefined || wallMs === undefined) return [];
  const { p50, p99, max } = latencyMs;
  return [
    ['order latency', `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`],
    ['wall time', `${(wallMs / 1_000).toFixed(2)} s`],
  ];
}

function countsOf(counts: Readonly<Record<string, number | undefined>>): string {
  const entries = Object.entries(counts).map(([code, count]) => `${code} ${(count ?? 0).toLocaleString('en-US')}`);
  return entries.length === 0 ? 'none' : entries.join(', ');
}

const LISTED_MAX = 4;

function listOf(items: readonly string[]): string {
  if (items.length <= LISTED_MAX) return items.join(', ');
  return `${items[0]} … ${items.at(-1)} (${items.length})`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
