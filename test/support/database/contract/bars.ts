/**
 * The contract of minute bars with their faults, and of daily bars.
 */

import { describe, expect, it } from 'vitest';
import { FAULT } from '../../../../shared/domain/quality/faults.ts';
import { barRow, dailyBar, OPEN_MS, SESSION } from '../trading-rows.ts';
import type { Bench } from './bench.ts';

const MINUTE_MS = 60_000;
const DAY = { fromMs: OPEN_MS, toMs: OPEN_MS + 390 * MINUTE_MS };

export function barsContract(bench: Bench): void {
  minuteBarsContract(bench);
  volumesContract(bench);
  dailyBarsContract(bench);
}

function minuteBarsContract(bench: Bench): void {
  describe('minute bars', () => {
    const between = (symbols = ['AAPL', 'MSFT']) =>
      bench.inTransaction(({ bars }) => bars.between(bench.runId, DAY, symbols));
    const faults = () => bench.inTransaction(({ bars }) => bars.quality(bench.runId, DAY, ['AAPL', 'MSFT']));

    it('returns the bars of a range by time, then symbol, without its end', async () => {
      const wanted = [
        barRow(),
        barRow({ symbol: 'MSFT', faults: FAULT.VOLUME_SPIKE, fillableVolume: 500 }),
        barRow({ openMs: DAY.toMs - MINUTE_MS, volume: 0 }),
      ];
      const outside = [
        barRow({ openMs: DAY.toMs }),
        barRow({ openMs: DAY.fromMs - MINUTE_MS }),
        barRow({ symbol: 'NVDA' }),
      ];
      await bench.inTransaction(({ bars }) => bars.upsert(bench.runId, [...wanted, ...outside].toReversed()));
      expect(await between()).toEqual(wanted);
    });

    it('overwrites a bar that arrives again with other values', async () => {
      await bench.inTransaction(({ bars }) => bars.upsert(bench.runId, [barRow()]));
      await bench.twice(({ bars }) => bars.upsert(bench.runId, [barRow({ closeE4: 2_429_900 })]));
      expect(await between()).toEqual([barRow({ closeE4: 2_429_900 })]);
    });

    it('returns faults with what was delivered', async () => {
      const row = {
        symbol: 'AAPL',
        openMs: OPEN_MS,
        faults: FAULT.PRICE_INVALID | FAULT.STALE_REPEAT,
        hard: true,
        raw: '{"close":null}',
      };
      await bench.twice(({ bars }) => bars.recordQuality(bench.runId, [row]));
      expect(await faults()).toEqual([row]);
    });

    it('takes a good bar away when its minute turns out hard-faulted', async () => {
      await bench.inTransaction(({ bars }) => bars.upsert(bench.runId, [barRow(), barRow({ symbol: 'MSFT' })]));
      const hard = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.DUPLICATE_CONFLICT, hard: true, raw: '{}' };
      const soft = { symbol: 'MSFT', openMs: OPEN_MS, faults: FAULT.VOLUME_ZERO, hard: false, raw: '{}' };
      await bench.inTransaction(({ bars }) => bars.recordQuality(bench.runId, [hard, soft]));
      expect((await between()).map(({ symbol }) => symbol)).toEqual(['MSFT']);
    });

    it('clears the faults of a minute whose corrected bar has none', async () => {
      const hard = { symbol: 'AAPL', openMs: OPEN_MS, faults: FAULT.RANGE_CROSSED, hard: true, raw: '{}' };
      await bench.inTransaction(({ bars }) => bars.recordQuality(bench.runId, [hard]));
      await bench.inTransaction(({ bars }) => bars.upsert(bench.runId, [barRow()]));
      expect(await faults()).toEqual([]);
      expect(await between()).toEqual([barRow()]);
    });
  });
}

function volumesContract(bench: Bench): void {
  describe('volumes of whole sessions', () => {
    it('are returned by session and symbol as they were first given', async () => {
      const given = [
        { symbol: 'MSFT', volumes: [0, 7] },
        { symbol: 'AAPL', volumes: [4_000_000_000, 0] },
      ];
      await bench.twice(({ volumes }) => volumes.add(bench.runId, SESSION, given));
      await bench.inTransaction(({ volumes }) => volumes.add(bench.runId, SESSION, [{ symbol: 'AAPL', volumes: [1] }]));
      await bench.inTransaction(({ volumes }) => volumes.add(bench.runId, 20250106, [{ symbol: 'AAPL', volumes: [] }]));
      await bench.inTransaction(async ({ volumes }) => {
        expect(await volumes.of(bench.runId, [20250106, SESSION])).toEqual([
          { session: SESSION, symbol: 'AAPL', volumes: [4_000_000_000, 0] },
          { session: SESSION, symbol: 'MSFT', volumes: [0, 7] },
          { session: 20250106, symbol: 'AAPL', volumes: [] },
        ]);
        expect(await volumes.of(bench.runId, [])).toEqual([]);
        expect(await volumes.of('nobody', [SESSION])).toEqual([]);
      });
    });
  });
}

function dailyBarsContract(bench: Bench): void {
  describe('daily bars', () => {
    it('returns the last sessions strictly before one, oldest first', async () => {
      const symbol = bench.runId.toUpperCase();
      const days = [20241230, 20241231, 20250102, SESSION];
      const rows = days.map((session) => dailyBar({ symbol, session }));
      const others = days.map((session) => dailyBar({ symbol: `${symbol}.B`, session }));
      await bench.twice(({ dailyBars }) => dailyBars.upsert([...others, ...rows]));
      const before = (...symbols: string[]) =>
        bench.inTransaction(({ dailyBars }) => dailyBars.before(symbols, SESSION, 2));
      expect(await before(`${symbol}.B`, symbol, 'NOBODY')).toEqual([...rows.slice(1, 3), ...others.slice(1, 3)]);
      expect(await before()).toEqual([]);
    });

    it('takes more rows than one statement holds, and corrects them', async () => {
      const symbol = bench.runId.toUpperCase();
      const rows = Array.from({ length: 2_500 }, (_, index) => dailyBar({ symbol, session: index }));
      await bench.inTransaction(({ dailyBars }) => dailyBars.upsert(rows));
      await bench.inTransaction(({ dailyBars }) =>
        dailyBars.upsert([dailyBar({ symbol, session: 2_499, closeE4: 1 })]),
      );
      const stored = await bench.inTransaction(({ dailyBars }) => dailyBars.before([symbol], 9_999, 9_999));
      expect(stored).toHaveLength(2_500);
      expect(stored.at(-1)?.closeE4).toBe(1);
    });
  });
}
