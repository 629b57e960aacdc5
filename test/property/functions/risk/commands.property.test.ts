/**
 * Commands, pulses, minutes and restarts in any order: no entry while a cause stands, every cause stands until its own
 * rule lifts it, and the reference of the drawdown limit falls only by an order to arm that was accepted.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionData } from '../../../../shared/contracts/decision.v2.ts';
import { sessionsBetween } from '../../../../shared/domain/calendar/calendar.ts';
import type { StandingCause } from '../../../../shared/domain/risk/causes.ts';
import type { Fill, Order } from '../../../../shared/domain/orders/types.ts';
import { fill } from '../../../support/core/core.ts';
import type { FunctionBench } from '../../../support/trading/function-bench.ts';
import { buySignal, symbolSignal } from '../../../support/trading/messages.ts';
import { decide, feel, openRisk, outcome, say, stored } from '../../../support/trading/risk-bench.ts';
import { type Command, type Pulse, RiskModel } from '../../../support/trading/risk-model.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSIONS = sessionsBetween(20250103, 20250401);
const MINUTES = 6;
const CASH_E4 = 25_000_000;
const MINUTE_MS = 60_000;

type Step =
  | { readonly kind: 'minute'; readonly actions: readonly (0 | 1 | 2)[]; readonly markE4: readonly number[] }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'pulse'; readonly pulse: Pulse }
  | { readonly kind: 'restart' };

const pair = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 2, maxLength: 2 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('minute' as const),
        actions: pair(fc.constantFrom(0 as const, 1 as const, 2 as const, 2 as const)),
        markE4: pair(fc.integer({ min: 850_000, max: 1_050_000 })),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('command' as const),
        command: fc.constantFrom<Command>('halt', 'audit', 'flatten', 'arm', 'arm', 'accept'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('pulse' as const),
        pulse: fc.record({
          feed: fc.constantFrom<Pulse['feed']>('live', 'live', 'stale', 'dead', 'backup'),
          runner: fc.constantFrom<Pulse['runner']>('up', 'up', 'down'),
        }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { minLength: 4, maxLength: 60 },
);

interface Agreement {
  readonly seen: unknown;
  readonly expected: unknown;
}

/** The risk function, a broker that fills at the mark, and the model that must agree with them. */
class Trial {
  readonly #bench: FunctionBench;
  readonly #model: RiskModel;
  #at = 0;
  #told = 0;
  #working: readonly Order[] = [];

  constructor(bench: FunctionBench, rearms: boolean) {
    this.#bench = bench;
    this.#model = new RiskModel({ cashE4: CASH_E4, symbols: SYMBOLS.length, rearms });
  }

  /** What risk says after a step, beside what the model says. */
  async step(step: Step): Promise<Agreement> {
    if (step.kind === 'minute') return this.#minute(step);
    if (step.kind === 'command') return this.#command(step.command);
    if (step.kind === 'pulse') await this.#pulse(step.pulse);
    else this.#bench.restart();
    return { seen: null, expected: null };
  }

  async #minute({ actions, markE4 }: Extract<Step, { kind: 'minute' }>): Promise<Agreement> {
    const session = SESSIONS[Math.floor(this.#at / MINUTES)]!;
    const minuteIndex = this.#at % MINUTES;
    if (minuteIndex === 0) this.#model.open();
    const report = this.#settle(session.date, minuteIndex, markE4);
    this.#model.close(session.date, markE4);
    const openMs = session.openMs + minuteIndex * MINUTE_MS;
    const signals = SYMBOLS.map((symbol, s) => {
      const limitPriceE4 = Math.floor(markE4[s]! * 1.002);
      const wish = { action: actions[s]!, markE4: markE4[s]! };
      return actions[s] === 2 ? buySignal(symbol, { ...wish, limitPriceE4 }) : symbolSignal(symbol, wish);
    });
    const at = { session: session.date, minuteIndex, minutes: MINUTES, openMs };
    const decision = await decide(this.#bench, { ...at, signals, ...report });
    this.#at += 1;
    this.#working = [...this.#working.filter(({ kind }) => kind === 'STOP'), ...decision.orders];
    this.#model.isWorking = this.#working.length > 0;
    return this.#compare(decision);
  }

  /** Entries and exits fill at the mark; a stop ends with its position, or with an entry that did not fill. */
  #settle(session: number, minuteIndex: number, markE4: readonly number[]) {
    const fills: Fill[] = [];
    const closed: { orderRef: string; reason: 'FILLED' | 'EXPIRED' | 'CANCELLED' }[] = [];
    for (const order of this.#working.filter(({ kind }) => kind !== 'STOP')) {
      const { orderRef, side, symbol, quantity, limitPriceE4 } = order;
      const s = SYMBOLS.indexOf(symbol);
      const priceE4 = markE4[s]!;
      const isFilled = side === 'SELL' || priceE4 <= limitPriceE4;
      closed.push({ orderRef, reason: isFilled ? 'FILLED' : 'EXPIRED' });
      if (!isFilled) continue;
      const signed = side === 'BUY' ? quantity : 0 - quantity;
      this.#model.held[s] = this.#model.held[s]! + signed;
      this.#model.cashE4 -= signed * priceE4;
      fills.push(fill({ fillId: `${orderRef}.1`, orderRef, symbol, side, quantity, priceE4, session, minuteIndex }));
    }
    const stops = this.#working.filter(({ kind }) => kind === 'STOP');
    const isOver = ({ symbol }: Order) => this.#model.held[SYMBOLS.indexOf(symbol)] === 0;
    closed.push(...stops.filter(isOver).map(({ orderRef }) => ({ orderRef, reason: 'CANCELLED' as const })));
    this.#working = stops.filter((stop) => !isOver(stop));
    return { fills, closed };
  }

  async #command(command: Command): Promise<Agreement> {
    const isRefused = this.#model.command(command);
    const issuedAtMs = SESSIONS[0]!.openMs + (this.#told += 1);
    if (command === 'arm') await say(this.#bench, { command, issuedAtMs });
    else if (command === 'accept') await say(this.#bench, { command: 'arm', acceptAudit: 'lunch', issuedAtMs });
    else if (command === 'flatten') await say(this.#bench, { command, issuedAtMs });
    else await say(this.#bench, { cause: command === 'audit' ? 'AUDIT_FAILED' : 'OPERATOR_HALT', issuedAtMs });
    const { result, state, causes } = outcome(this.#bench);
    return {
      seen: { result, state, causes: namesOf(causes) },
      expected: {
        result: isRefused ? 'refused' : 'done',
        state: this.#model.state,
        causes: [...this.#model.causes].toSorted(),
      },
    };
  }

  async #pulse({ feed, runner }: Pulse): Promise<void> {
    this.#model.pulse({ feed, runner });
    await feel(this.#bench, { sequence: (this.#told += 1), feedState: feed, runnerState: runner });
  }

  #compare({ state, causes, orders, equityE4 }: DecisionData): Agreement {
    const model = this.#model;
    const { limitReferenceE4, accountPeakE4, causes: kept } = stored(this.#bench)!;
    const entries = orders.filter(({ kind }) => kind === 'ENTRY');
    return {
      seen: { state, causes: namesOf(causes), kept, equityE4, limitReferenceE4, accountPeakE4, entries },
      expected: {
        state: model.state,
        causes: [...model.causes].toSorted(),
        kept: causes,
        equityE4: model.equityE4,
        limitReferenceE4: model.referenceE4,
        accountPeakE4: model.accountPeakE4,
        // Whether an entry passes is for the limits; while a cause stands, none does.
        entries: model.causes.size === 0 ? entries : [],
      },
    };
  }
}

function namesOf(causes: readonly StandingCause[]): string[] {
  return causes.map(({ cause }) => cause).toSorted();
}

describe('commands, pulses and minutes in any order', () => {
  it.each(['manual', 'session'] as const)(
    'leave what stands standing and the limit where it is (%s)',
    async (rearm) => {
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const trial = new Trial(await openRisk({ rearm, minutesMax: MINUTES }), rearm === 'session');
          for (const step of sequence) {
            const { seen, expected } = await trial.step(step);
            expect(seen).toEqual(expected);
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});
