/**
 * The audit log as a person reads it: one line an entry, whatever is in it.
 */

import { describe, expect, it } from 'vitest';
import { entryJson, entryLine } from '../../../../../../local/cli/commands/audit/entry-line.ts';
import type { AuditEntry, AuditRow } from '../../../../../../shared/domain/audit/chain.ts';
import {
  accessEntry,
  commandEntry,
  decisionEntry,
  exportEntry,
  fillEntry,
  orderEndEntry,
  orderEntry,
  secretEntry,
} from '../../../../../../shared/domain/audit/entries.ts';
import { decision, fill, order } from '../../../../../support/database/trading-rows.ts';

const EVENT_MS = Date.UTC(2025, 0, 3, 14, 31);
const STORED_MS = Date.UTC(2026, 10, 29, 15, 2, 3, 4);

function line(
  entry: AuditEntry | Pick<AuditRow, 'kind' | 'body'>,
  overrides: { recordedMs?: number | null } = {},
): string {
  const row = {
    chain: 'run-1/risk',
    sequence: 7,
    causeId: '',
    previousHash: '',
    hash: '',
    ...entry,
    eventMs: EVENT_MS,
    recordedMs: STORED_MS as number | null,
    ...overrides,
  };
  return entryLine(row, { paint: (_style, text) => text });
}

const gist = (entry: Parameters<typeof line>[0]) => line(entry).split(/#7 {2}\S+ +/)[1];

const HALTED = {
  result: 'done',
  text: 'OPERATOR_HALT stands',
  state: 'HALTED',
  causes: [
    { cause: 'DRAWDOWN', sinceMs: EVENT_MS, by: 'core', why: '$100.20 of $100.00' },
    { cause: 'OPERATOR_HALT', sinceMs: EVENT_MS + 60_000, by: 'page', why: 'drill' },
  ],
  arming: null,
} as const;

describe('a line of the audit log', () => {
  it('says who did what with which secret', () => {
    const about = { atMs: EVENT_MS, actor: 'JULESKEY', secret: 'jules/database/app', versionId: 'v1' };
    const at = { sequence: 9, hash: 'a'.repeat(64) };
    const read = { ...about, kind: 'access', operation: 'GetSecretValue', outcome: 'ok' };
    expect(gist(secretEntry(read, at))).toBe('GetSecretValue jules/database/app v1 by JULESKEY: ok');
    const refused = { ...read, secret: null, versionId: null, outcome: 'InvalidSignatureException' };
    expect(gist(secretEntry(refused, at))).toBe('GetSecretValue by JULESKEY: InvalidSignatureException');
  });

  it('says when, in which chain, and what kind of thing happened', () => {
    expect(line(orderEndEntry({ orderRef: '20250103-000-AAPL-N', reason: 'EXPIRED' }, EVENT_MS))).toBe(
      'stored 2026-11-29 10:02:03 ET  market 2025-01-03 09:31:00 ET  run-1/risk #7  order-end  20250103-000-AAPL-N: EXPIRED',
    );
  });

  it.each<[string, AuditEntry | Pick<AuditRow, 'kind' | 'body'>, string]>([
    ['a fill', fillEntry(fill()), 'market'],
    ['a decision of a minute', decisionEntry('minute', decision()), 'market'],
    ['a command before the first session', decisionEntry('command', decision({ session: 0 })), 'wall'],
    ['a command', commandEntry({ command: 'arm', operator: 'page', reason: 'r' }, HALTED, 1), 'wall'],
    ['an access', { kind: 'access', body: '{}' }, 'wall'],
    ['an export', exportEntry('a'.repeat(64), 1), 'wall'],
    ['a kind of a later version', { kind: 'later', body: '{}' }, 'event'],
  ])('says by which clock the time of %s is', (_name, entry, clock) => {
    expect(line(entry)).toContain(`  ${clock.padEnd(6)} 2025-01-03 09:31:00 ET  `);
  });

  it('says that the time of storing was not kept, where it was not', () => {
    expect(line(fillEntry(fill()), { recordedMs: null })).toMatch(/^stored time not kept {2,}market 2025/);
  });

  it('gives both times and the clock as data', () => {
    const { kind, body } = fillEntry(fill());
    const row = {
      chain: 'run-1/fills',
      sequence: 1,
      kind,
      body,
      eventMs: EVENT_MS,
      causeId: '',
      previousHash: '',
      hash: '',
    };
    expect(entryJson({ ...row, recordedMs: STORED_MS })).toMatchObject({
      clock: 'market',
      eventAt: '2025-01-03T14:31:00.000Z',
      recordedAt: '2026-11-29T15:02:03.004Z',
    });
    expect(entryJson({ ...row, recordedMs: null })).toMatchObject({ recordedAt: null });
  });

  it('shows the words of an operator without what could move the cursor or fake a line', () => {
    const reason = 'drill\u001b[2J\nrun-1/risk #8  arm by page\u202e';
    const shown = gist(commandEntry({ command: 'halt', operator: 'page', reason }, { ...HALTED, causes: [] }, 1));
    expect(shown).toBe(
      'halt by page: drill\\u{1b}[2J\\u{a}run-1/risk #8  arm by page\\u{202e} → HALTED, OPERATOR_HALT stands',
    );
  });

  it('tells a decision with its verdicts, and no symbol of which nothing was asked', () => {
    const symbols = [
      { symbol: 'AAPL', action: 2, verdict: 'APPROVED', quantity: 3, detail: null },
      { symbol: 'MSFT', action: 2, verdict: 'STATE_REDUCING', quantity: 0, detail: null },
      { symbol: 'NVDA', action: 1, verdict: 'NONE', quantity: 0, detail: null },
    ] as const;
    const causes = [{ cause: 'DAILY_LOSS', sinceMs: EVENT_MS, by: 'core', why: 'lost' }] as const;
    const state = { state: 'REDUCING', causes, equityE4: 24_500_000, minuteIndex: 4 } as const;
    expect(gist(decisionEntry('minute', decision({ ...state, symbols })))).toBe(
      'minute 5, REDUCING (DAILY_LOSS since 2025-01-03 09:31:00 ET by core: lost), equity $2,450.00; AAPL APPROVED 3; MSFT STATE_REDUCING',
    );
  });

  it('tells commands, access and exports', () => {
    const halt = { command: 'halt', operator: 'page', reason: 'drill' };
    expect(gist(commandEntry(halt, HALTED, EVENT_MS))).toBe(
      'halt by page: drill → HALTED (DRAWDOWN since 2025-01-03 09:31:00 ET by core: $100.20 of $100.00; ' +
        'OPERATOR_HALT since 2025-01-03 09:32:00 ET by page: drill), OPERATOR_HALT stands',
    );
    const access = { method: 'POST', route: '/api/commands', status: 202, detail: 'halt: drill' };
    expect(gist(accessEntry({ ...access, outcome: 'accepted' }, EVENT_MS))).toBe(
      'POST /api/commands accepted, 202 (halt: drill)',
    );
    expect(gist(accessEntry({ ...access, outcome: 'refused', status: 401, detail: '' }, EVENT_MS))).toBe(
      'POST /api/commands refused, 401',
    );
    expect(gist(exportEntry('a'.repeat(64), EVENT_MS))).toBe(`heads exported, after ${'a'.repeat(16)}…`);
  });

  it('tells orders and fills with their prices', () => {
    const [limit, stop] = [
      order({ limitPriceE4: 1_000_000 }),
      order({ kind: 'STOP', type: 'STOP', stopPriceE4: 990_000 }),
    ];
    expect(gist(orderEntry(limit))).toBe(`${limit.orderRef}: ENTRY BUY ${limit.quantity} AAPL limit $100.00`);
    expect(gist(orderEntry(stop))).toContain('stop $99.00');
    expect(gist(orderEntry(order({ type: 'MARKETABLE' })))).toContain('at the next good open');
    const fees = { commissionE4: 3_500, exchangeE4: 100, secE4: 0, tafE4: 0 };
    expect(gist(fillEntry(fill({ priceE4: 1_000_000, fees })))).toContain('at $100.00, fees $0.36, OPEN');
  });

  it.each(['not JSON', '[1]', 'null', '"text"'])('shows what it does not understand as it is stored: %s', (body) => {
    expect(gist({ kind: 'decision', body })).toBe(body);
    expect(gist({ kind: 'of-a-later-version', body })).toBe(body);
  });

  it('survives a body that a hand has spoilt', () => {
    expect(gist({ kind: 'decision', body: '{"verdicts":[null,1,"x"]}' })).toContain('minute null');
    expect(gist({ kind: 'fill', body: '{"fees":"none"}' })).toContain('null');
  });
});
