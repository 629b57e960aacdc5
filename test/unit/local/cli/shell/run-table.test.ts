/**
 * A run's result for people: money with two decimals, plurals that agree, both drawdowns by their names, every halt that
 * stands.
 */

import { describe, expect, it } from 'vitest';
import { printRun, type ReplayTimes } from '../../../../../local/cli/shell/run-table.ts';
import type { RunSummary } from '../../../../../shared/domain/run/run-tally.ts';
import { runBacktest } from '../../../../../shared/domain/run/backtest.ts';
import { runOn, SMALL_MARKET } from '../../../../support/core/core-markets.ts';
import { fakeTerminal } from '../../../../support/stack/fake-terminal.ts';

const SUMMARY: RunSummary = runBacktest(runOn(SMALL_MARKET, { policy: 'random' }));
const HALT_MS = Date.UTC(2025, 0, 3, 15, 0);

function linesOf(overrides: Partial<RunSummary & ReplayTimes> = {}): string[] {
  const terminal = fakeTerminal();
  printRun(terminal, { ...SUMMARY, ...overrides });
  return terminal.data.map((line) => `${line.slice(0, 18).trim()}  ${line.slice(18)}`);
}

describe('the result of a run', () => {
  it('has money with two decimals, and what rounds to nothing without a sign', () => {
    const lines = linesOf({ netPnlUsd: -12.3456, grossPnlUsd: -0.0041, feesUsd: 12.3415, equityUsd: 2_487.6544 });
    expect(lines).toContain('P&L after fees  -$12.35');
    expect(lines).toContain('P&L before fees  $0.00');
    expect(lines).toContain('equity  $2,487.65');
  });

  it('names the two drawdowns apart', () => {
    const lines = linesOf({ drawdownUsd: 695.86, limitDrawdownUsd: 102.83 });
    expect(lines).toContain('largest drawdown  $695.86');
    expect(lines).toContain('against the limit  largest $102.83');
  });

  it('counts in the singular where there is one', () => {
    expect(linesOf({ orders: 1, stops: 1 })).toContain('orders  1 entry or exit, 1 protective stop');
    expect(linesOf({ orders: 2, stops: 0 })).toContain('orders  2 entries and exits, 0 protective stops');
  });

  it('names every halt that stands, in the words of whoever set it, or the latest where none does', () => {
    const halt = { atMs: HALT_MS, causes: ['DRAWDOWN'], by: 'core', why: '$100.20 of $100.00' } as const;
    const asked = { ...halt, atMs: HALT_MS + 60_000, causes: ['OPERATOR_HALT'], by: 'page', why: 'a\nb' } as const;
    const standing = linesOf({
      halts: [
        { ...halt, liftedAtMs: null },
        { ...asked, liftedAtMs: null },
      ],
    }).join('\n');
    expect(standing).toContain('halted  2 times, 2 of them standing');
    expect(standing).toContain('DRAWDOWN at 2025-01-03 10:00:00 ET by core: “$100.20 of $100.00”');
    expect(standing).toContain('OPERATOR_HALT at 2025-01-03 10:01:00 ET by page: “a\\u{a}b”');
    const lifted = linesOf({ halts: [{ ...halt, liftedAtMs: HALT_MS + 1 }] }).join('\n');
    expect(lifted).toContain('halted  1 time, all lifted');
    expect(linesOf({ halts: [] })).toContain('halted  never');
  });

  it('says of a run of an earlier ledger that it has no hash, and why', () => {
    expect(linesOf({ ledgerHash: null, ledgerVersion: 'JL1' })).toContain(
      'ledger hash  none: the ledger of this run is JL1, which is only read',
    );
  });

  it('has times only where it was played', () => {
    expect(linesOf().some((line) => line.startsWith('wall time'))).toBe(false);
    const played = linesOf({ latencyMs: { p50: 12.34, p99: 56.78, max: 90 }, wallMs: 1_234 });
    expect(played).toContain('order latency  p50 12.3 ms, p99 56.8 ms, max 90.0 ms');
    expect(played).toContain('wall time  1.23 s');
  });
});
