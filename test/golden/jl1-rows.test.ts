/**
 * Recorded and generated days decide, order and fill what they did under JL1, row by row, except where a ruling is
 * named. Each hash was taken once from the rows of JL1's own program, mapped by `rowOfJl1`; what the named rulings change
 * is left out of both sides. Hashes and counts only: no market data is kept here.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSessions } from '../support/bars/bar-files.ts';
import { readDaily } from '../../shared/adapters/csv/daily-csv.ts';
import { sessionsBetween } from '../../shared/domain/calendar/calendar.ts';
import { MarketGenerator } from '../../shared/domain/market/generator/market-generator.ts';
import { type BacktestInput, runBacktest } from '../../shared/domain/run/backtest.ts';
import type { ProfileName } from '../../shared/domain/profile/profile.ts';
import type { RearmMode } from '../../shared/domain/risk/types.ts';
import { hasSharedData, SHARED_DATA } from '../support/bars/shared-data.ts';
import { runConfig } from '../support/core/core.ts';
import { type Ruling, withoutRulings } from '../support/core/jl1-rows.ts';

interface Day {
  /** Folder of bars, or `seed N` of a generated market. */
  readonly source: string;
  readonly symbols: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly policy: string;
  readonly profile: ProfileName;
  readonly rearm: RearmMode;
  readonly except: readonly Ruling[];
  readonly rows: number;
  readonly sha256: string;
}

const DAYS: readonly Day[] = readFileSync(new URL('jl1-rows.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [source, symbols, from, to, policy, profile, rearm, except, rows, sha256] = line.split(' | ');
    return {
      source: source!,
      symbols: symbols!.split(' '),
      from: Number(from),
      to: Number(to),
      policy: policy!,
      profile: profile as ProfileName,
      rearm: rearm as RearmMode,
      except: except === '-' ? [] : (except!.split(', ') as Ruling[]),
      rows: Number(rows),
      sha256: sha256!,
    };
  });
const isGenerated = ({ source }: Day): boolean => source.startsWith('seed ');

function rowsOf(day: Day): string[] {
  const { source, symbols, policy, profile, rearm, except } = day;
  const rows: string[] = [];
  runBacktest({
    config: runConfig({ symbols, policy, profile, rearm }),
    sessions: sessionsOf(source, symbols, day),
    dailyBars: profile === 'enhanced' ? readDaily(`${SHARED_DATA}/daily`, symbols) : [],
    onRow: (row) => void rows.push(withoutRulings(row, except)),
  });
  return rows;
}

function sessionsOf(
  source: string,
  symbols: readonly string[],
  { from, to }: { from: number; to: number },
): BacktestInput['sessions'] {
  const sessions = sessionsBetween(from, to);
  if (source.startsWith('seed ')) {
    const market = new MarketGenerator({ symbols, seed: Number(source.slice('seed '.length)) });
    return sessions.map((session) => ({ session, table: market.session(session) }));
  }
  const dates = sessions.map(({ date }) => date);
  const { tables } = readSessions(`${SHARED_DATA}/bars/${source}`, symbols, dates);
  return sessions.map((session) => ({ session, table: tables.get(session.date)! }));
}

function expectRowsOfJl1(day: Day): void {
  const rows = rowsOf(day);
  // Another entry leads to other trades, so such a day is compared up to there.
  const compared = day.except.includes('entry turns') ? rows.slice(0, day.rows) : rows;
  const hash = createHash('sha256');
  for (const row of compared) hash.update(`${row}\n`);
  expect([compared.length, hash.digest('hex')]).toEqual([day.rows, day.sha256]);
}

describe('a ledger', () => {
  it.each(DAYS.filter(isGenerated))(
    'of $source, $symbols, $from to $to under $policy and $profile has the rows of JL1, except for $except',
    expectRowsOfJl1,
  );

  describe.skipIf(!hasSharedData)('from shared/data', () => {
    it.each(DAYS.filter((day) => !isGenerated(day)))(
      'of $source, $symbols, $from to $to under $policy and $profile has the rows of JL1, except for $except',
      expectRowsOfJl1,
    );

    it('of a month that is re-armed says a drawdown as deep as its loss, beside that of the limit', () => {
      const symbols = ['AAPL', 'MSFT'];
      const summary = runBacktest({
        config: runConfig({ symbols, policy: 'random', rearm: 'session' }),
        sessions: sessionsOf('2025q1', symbols, { from: 20250102, to: 20250131 }),
        dailyBars: [],
      });
      const { netPnlUsd, drawdownUsd, maxDrawdownUsd, limitDrawdownUsd, rearms } = summary;
      expect(netPnlUsd).toBeLessThan(-500);
      expect(drawdownUsd).toBeGreaterThanOrEqual(-netPnlUsd);
      expect(maxDrawdownUsd).toBe(drawdownUsd);
      expect(limitDrawdownUsd).toBeLessThan(150);
      expect(summary.halts.filter(({ liftedAtMs }) => liftedAtMs !== null)).toHaveLength(rearms);
      expect(summary.haltedAt).not.toBeNull();
    });
  });
});
