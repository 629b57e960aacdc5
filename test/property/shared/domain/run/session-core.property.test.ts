/**
 * The two halves of a step: actions from outside are no other run than the policy's own, and an episode that begins in
 * the middle of a session sees what a run from the open would see there.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteFrame } from '../../../../../shared/domain/market/frame.ts';
import { counterHash } from '../../../../../shared/domain/policy/counter-hash.ts';
import type { PolicyInput } from '../../../../../shared/domain/policy/policy.ts';
import { policyOf } from '../../../../../shared/domain/policy/registry.ts';
import { type BacktestInput, runBacktest } from '../../../../../shared/domain/run/backtest.ts';
import { tradedMinutes } from '../../../../../shared/domain/run/run-config.ts';
import { SessionCore } from '../../../../../shared/domain/run/session-core.ts';
import { DailyReturns, varHistory } from '../../../../../shared/domain/risk/var.ts';
import { anyRun } from '../../../../support/core/core-markets.ts';

function daysOf({ config, sessions, dailyBars }: BacktestInput, core: SessionCore) {
  const daily = new DailyReturns(config.symbols, dailyBars);
  return [...sessions].map(({ session, table }) => {
    const history = varHistory(core.profile, daily, session.date);
    return { session, table, history, minutes: tradedMinutes(config, session) };
  });
}

/** What a policy was asked, copied before the next minute overwrites it. */
function seen({ minuteIndex, observation, ready, positions }: PolicyInput) {
  return { minuteIndex, ready, observation: Array.from(observation), positions: Array.from(positions) };
}

describe('observe and act', () => {
  it("with the policy's own actions leave the rows and the hash of a backtest", () => {
    fc.assert(
      fc.property(anyRun, (input) => {
        const [stepped, acted]: string[][] = [[], []];
        const summary = runBacktest({ ...input, onRow: (row) => void stepped!.push(row) });
        const onRow = (row: string) => void acted!.push(row);
        const core = new SessionCore({ config: input.config, withFeatures: true, onRow });
        const policy = policyOf(input.config.policy);
        const frame = new MinuteFrame(input.config.symbols.length);
        const actions = new Uint8Array(input.config.symbols.length);
        for (const { session, table, history, minutes } of daysOf(input, core)) {
          core.startSession(session, minutes, history);
          for (let i = 0; i < minutes; i++) {
            table.readMinute(i, frame);
            policy.decide(core.observe(i, frame), actions);
            core.act(actions);
          }
        }
        expect(acted).toEqual(stepped);
        expect(core.record?.bars.bars).toBe(summary.bars);
      }),
      { numRuns: 40 },
    );
  });

  it('decide the same without a ledger', () => {
    fc.assert(
      fc.property(anyRun, (input) => {
        const [withLedger, without] = [true, false].map((ledger) => decisionsOf(input, ledger));
        expect(without).toEqual(withLedger);
      }),
      { numRuns: 20 },
    );
  });

  function decisionsOf(input: BacktestInput, withLedger: boolean) {
    const core = new SessionCore({ config: input.config, withFeatures: false, withLedger });
    const frame = new MinuteFrame(input.config.symbols.length);
    return daysOf(input, core).flatMap(({ session, table, history, minutes }) => {
      core.startSession(session, minutes, history);
      return Array.from({ length: minutes }, (_, i) => {
        table.readMinute(i, frame);
        const { symbols } = input.config;
        return core.step(i, frame).toDecision({ symbols, session: session.date, minutes });
      });
    });
  }
});

describe('an episode', () => {
  it('sees and decides, from any minute on, what a run from the open does that held until then', () => {
    fc.assert(
      fc.property(anyRun, fc.double({ min: 0, max: 0.999, noNaN: true }), (input, part) => {
        const [episode, run] = [true, false].map(
          () => new SessionCore({ config: input.config, withFeatures: true, withLedger: false }),
        ) as [SessionCore, SessionCore];
        for (const day of daysOf(input, run)) {
          const from = Math.floor(part * day.minutes);
          // Whatever happened in a session before, or in an earlier episode of this one, an episode begins as new.
          episode.reset({ ...day, minuteIndex: day.minutes - 1 }, day.table);
          episode.reset({ ...day, minuteIndex: from }, day.table);
          run.reset({ ...day, minuteIndex: 0 }, day.table);
          expect(played(episode, day, input, from)).toEqual(played(run, day, input, 0, from).slice(from));
        }
      }),
      { numRuns: 40 },
    );
  });

  /** Holds before minute `holdUntil`, then acts by chance. */
  function played(
    core: SessionCore,
    { session, table, minutes }: ReturnType<typeof daysOf>[number],
    { config: { symbols } }: BacktestInput,
    from: number,
    holdUntil = 0,
  ) {
    const frame = new MinuteFrame(symbols.length);
    return Array.from({ length: minutes - from }, (_, at) => {
      const i = from + at;
      table.readMinute(i, frame);
      const input = seen(core.observe(i, frame));
      const chance = (s: number): number => counterHash({ seed: 5, session: session.date, minuteIndex: i }, s) % 3;
      const decision = core.act(symbols.map((_symbol, s) => (i < holdUntil ? 1 : chance(s))));
      return { input, decision: decision.toDecision({ symbols, session: session.date, minutes }) };
    });
  }
});
