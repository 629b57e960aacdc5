/**
 * The audit log as a person reads it: one line an entry, whatever is in it.
 */

import { describe, expect, it } from 'vitest';
import { entryLine } from '../../../../../../local/cli/commands/audit/entry-line.ts';
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

function line(entry: AuditEntry | Pick<AuditRow, 'kind' | 'body'>): string {
  const row = {
    chain: 'run-1/risk',
    sequence: 7,
    causeId: '',
    previousHash: '',
    hash: '',
    ...entry,
    eventMs: EVENT_MS,
  };
  return entryLine(row, { paint: (_style, text) => text });
}

const gist = (entry: Parameters<typeof line>[0]) => line(entry).split(/ {2,}/).slice(3).join(' ');

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
      '2025-01-03T14:31:00.000Z  run-1/risk #7  order-end  20250103-000-AAPL-N: EXPIRED',
    );
  });

  it('tells a decision with its verdicts, and no symbol of which nothing was asked', () => {
    const symbols = [
      { symbol: 'AAPL', action: 2, verdict: 'APPROVED', quantity: 3, detail: null },
      { symbol: 'MSFT', action: 2, verdict: 'STATE_REDUCING', quantity: 0, detail: null },
      { symbol: 'NVDA', action: 1, verdict: 'NONE', quantity: 0, detail: null },
    ] as const;
    const state = { state: 'REDUCING', stateCause: 'DAILY_LOSS', equityE4: 24_500_000, minuteIndex: 4 } as const;
    expect(gist(decisionEntry('minute', decision({ ...state, symbols })))).toBe(
      'minute 4, REDUCING (DAILY_LOSS), equity $2,450.00; AAPL APPROVED 3; MSFT STATE_REDUCING',
    );
  });

  it('tells commands, access and exports', () => {
    const halt = { command: 'halt', operator: 'page', reason: 'drill' };
    expect(gist(commandEntry(halt, { eventMs: EVENT_MS, state: 'HALTED' }))).toBe('halt by page: drill → HALTED');
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
