/**
 * Messages as large as a minute can make them: every symbol with a bar, and every one of them with a stop, an exit and an
 * entry filled in the same minute. Values are random, as wide as real ones, so nothing packs better than it would.
 */

import { barsReadyV1 } from '../../../shared/contracts/bars-ready.v1.ts';
import { decisionV2 } from '../../../shared/contracts/decision.v2.ts';
import type { Envelope, EventContract } from '../../../shared/contracts/envelope.ts';
import { type JudgedBar, minuteV2 } from '../../../shared/contracts/minute.v2.ts';
import { parkedV1 } from '../../../shared/contracts/parked.v1.ts';
import { signalV1 } from '../../../shared/contracts/signal.v1.ts';
import { CAUSES } from '../../../shared/domain/risk/causes.ts';
import { FEATURE_COUNT } from '../../../shared/domain/features/feature-schema.ts';
import type { ClosedOrder, Fill, Order } from '../../../shared/domain/orders/types.ts';
import { rootTraceparent } from '../../../shared/runtime/seal-message.ts';
import { SESSION } from '../core/core.ts';
import { seededRandom } from '../core/seeded-random.ts';

const MINUTE_INDEX = 222;
const RUN_ID = 'a3f29c1b7d5e4f60a1b2c3d4e5f60718';
const ADDRESS = { session: SESSION.date, minuteIndex: MINUTE_INDEX, minutes: 390, openMs: SESSION.openMs };
const KINDS = { P: 'STOP', X: 'EXIT', E: 'ENTRY' } as const;
type Suffix = keyof typeof KINDS;

export interface LargestMessage {
  readonly contract: EventContract<unknown>;
  readonly message: Envelope<unknown>;
}

export function largestMessages(symbolCount: number): LargestMessage[] {
  const of = new Values(symbolCount);
  const report = { fills: of.fills(), closed: of.closed() };
  const data: [EventContract<unknown>, object][] = [
    [minuteV2, { ...ADDRESS, feed: 'f'.repeat(40), bars: of.judgedBars(), ...report }],
    [barsReadyV1, { ...ADDRESS, feed: 'f'.repeat(40), bars: of.cleanBars(), ...report }],
    [signalV1, { ...ADDRESS, policy: 'p'.repeat(80), ready: true, ...of.signals(), ...report }],
    [decisionV2, { ...ADDRESS, ...of.decision() }],
    [parkedV1, { ...ADDRESS, parkedIn: 'q'.repeat(80), reason: 'r'.repeat(400), closes: of.closes(), ...report }],
  ];
  return data.map(([contract, each]) => ({ contract, message: envelopeOf(contract, each) }));
}

/** A request to the runner for one minute, with every close that a policy is given. */
export function largestActInput(symbolCount: number) {
  const of = new Values(symbolCount);
  return {
    session: SESSION.date,
    minuteIndex: MINUTE_INDEX,
    minutes: 390,
    seed: 0xffff_ffff,
    symbols: of.symbols,
    closesE4: of.symbols.map(() => Array.from({ length: 30 }, () => of.price())),
    observation: of.observation(),
    ready: true,
    positions: of.symbols.map(() => of.shares()),
  };
}

class Values {
  readonly symbols: readonly string[];
  readonly #random = seededRandom(11);

  constructor(symbolCount: number) {
    const letters = () => String.fromCharCode(65 + this.#upTo(26));
    const names = new Set<string>();
    while (names.size < symbolCount) names.add(Array.from({ length: 5 }, letters).join(''));
    this.symbols = [...names].sort();
  }

  #upTo(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  price(): number {
    return 10_000 + this.#upTo(9_000_000);
  }

  shares(): number {
    return 1 + this.#upTo(100);
  }

  observation(): number[] {
    const count = this.symbols.length * (FEATURE_COUNT + 1);
    return Array.from({ length: count }, () => Math.fround((this.#random() - 0.5) * 4));
  }

  judgedBars(): JudgedBar[] {
    return this.symbols.map((symbol) => ({
      symbol,
      status: 'bar',
      ...this.#prices(),
      volume: this.#upTo(9e6),
      faults: [],
      verdict: { faults: this.#upTo(4_096), fillableVolume: this.#upTo(9e6) },
    }));
  }

  cleanBars(): object[] {
    return this.symbols.map((symbol) => {
      return { symbol, present: true, ...this.#prices(), fillableVolume: this.#upTo(9e6), faults: this.#upTo(4_096) };
    });
  }

  closes(): object[] {
    return this.symbols.map((symbol) => ({ symbol, closeE4: this.price() }));
  }

  fills(): Fill[] {
    return this.symbols.flatMap((symbol) => this.#each((suffix) => this.#fill(symbol, suffix)));
  }

  closed(): ClosedOrder[] {
    return this.symbols.flatMap((symbol) =>
      this.#each((suffix) => ({
        orderRef: this.#ref(symbol, suffix),
        reason: suffix === 'P' ? 'SUPERSEDED' : 'FILLED',
      })),
    );
  }

  signals(): object {
    const signals = this.symbols.map((symbol) => ({
      symbol,
      present: true,
      markE4: this.price(),
      faults: this.#upTo(4_096),
      action: this.#upTo(3),
      entryQuantity: this.shares(),
      limitPriceE4: this.price(),
      correlated: this.#random() < 0.5,
    }));
    return { observation: this.observation(), signals };
  }

  /** Every symbol reduced to fit, so that each has its limit, its value and what would have passed. */
  decision(): object {
    const symbols = this.symbols.map((symbol) => {
      const detail = {
        limit: this.price(),
        value: this.#random() * 1e7,
        wouldPass: this.#random() * 1e7,
        unit: 'usdE4',
      };
      return { symbol, action: 2, verdict: 'REDUCED_NOTIONAL', quantity: this.shares(), detail };
    });
    const orders = this.symbols.flatMap((symbol) => [this.#order(symbol, 'E'), this.#order(symbol, 'P')]);
    const cancels = this.symbols.map((symbol) => this.#ref(symbol, 'P'));
    const causes = CAUSES.map((cause) => ({
      cause,
      sinceMs: 9_999_999_999_999,
      by: 'b'.repeat(64),
      why: 'w'.repeat(200),
    }));
    return { cause: 'minute', state: 'HALTED', causes, equityE4: this.price(), symbols, orders, cancels };
  }

  #order(symbol: string, suffix: Suffix): Order {
    return {
      orderRef: this.#ref(symbol, suffix),
      kind: KINDS[suffix],
      symbol,
      side: suffix === 'E' ? 'BUY' : 'SELL',
      quantity: this.shares(),
      type: suffix === 'E' ? 'LIMIT' : 'STOP',
      limitPriceE4: this.price(),
      stopPriceE4: this.price(),
      referencePriceE4: this.price(),
      parentRef: suffix === 'P' ? this.#ref(symbol, 'E') : '',
      session: SESSION.date,
      minuteIndex: MINUTE_INDEX,
      eventMs: SESSION.openMs,
    };
  }

  #fill(symbol: string, suffix: Suffix): Fill {
    const fee = () => this.#upTo(20_000);
    return {
      fillId: `${this.#ref(symbol, suffix)}.${this.#upTo(3)}`,
      orderRef: this.#ref(symbol, suffix),
      symbol,
      side: suffix === 'E' ? 'BUY' : 'SELL',
      quantity: this.shares(),
      priceE4: this.price(),
      fees: { commissionE4: fee(), exchangeE4: fee(), secE4: fee(), tafE4: fee() },
      code: suffix === 'P' ? 'STOP' : 'OPEN',
      session: SESSION.date,
      minuteIndex: MINUTE_INDEX,
      eventMs: SESSION.openMs + this.#upTo(60_000),
      sequence: this.#upTo(3),
    };
  }

  /** The stop and the exit of an old position, and the entry of a new one. */
  #each<Made>(make: (suffix: Suffix) => Made): Made[] {
    return (Object.keys(KINDS) as Suffix[]).map(make);
  }

  #ref(symbol: string, suffix: Suffix): string {
    return `${SESSION.date}-${String(this.#upTo(390)).padStart(3, '0')}-${symbol}-${suffix}`;
  }

  #prices() {
    return { openE4: this.price(), highE4: this.price(), lowE4: this.price(), closeE4: this.price() };
  }
}

function envelopeOf({ type, version }: EventContract<unknown>, data: object): Envelope<unknown> {
  const id = `${type}/${RUN_ID}/${SESSION.date}/${MINUTE_INDEX}`;
  const stamps = { closed: 1_735_914_600_001.5, ingest: 1_735_914_600_002.25, signal: 1_735_914_600_003.125 };
  const occurredAt = SESSION.openMs;
  return { type, version, id, runId: RUN_ID, occurredAt, traceparent: rootTraceparent(id), stamps, data };
}
