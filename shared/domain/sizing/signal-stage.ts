/**
 * The signal half of a minute: features, observation, policy input, actions, sizes.
 *
 * A fold over the session's good bars; memory is only a cache of it. Backtest and the signal handler step the same
 * stage, the one asking a policy in process, the other through the runner.
 */

import { BUY, HOLD } from '../policy/actions.ts';
import type { Session } from '../calendar/calendar.ts';
import { FeatureEngine } from '../features/feature-engine.ts';
import { FEATURE_COUNT } from '../features/feature-schema.ts';
import { type MinuteFrame, PRESENT } from '../market/frame.ts';
import { CloseWindow } from '../policy/close-window.ts';
import type { PolicyInput } from '../policy/policy.ts';
import type { Profile } from '../profile/profile.ts';
import type { Account } from '../account/account.ts';
import type { PriceE4, Quantity } from '../units/units.ts';
import { CORRELATION_THRESHOLD, ReturnWindow } from './correlation.ts';
import { entryLimitE4, fullEntryQuantity } from './sizing.ts';

/** What the guard is given, one entry per symbol. */
export class SignalFrame {
  /** 1 where the minute has a good bar. A stage that sizes lays its minute's own columns here and in the next two. */
  present: Uint8Array;
  faults: Uint32Array;
  markE4: Float64Array;
  readonly actions: Uint8Array;
  readonly entryQuantity: Float64Array;
  readonly limitPriceE4: Float64Array;
  readonly correlated: Uint8Array;
  #hasEntries = false;

  constructor(symbolCount: number) {
    this.present = new Uint8Array(symbolCount);
    this.faults = new Uint32Array(symbolCount);
    this.markE4 = new Float64Array(symbolCount);
    this.actions = new Uint8Array(symbolCount).fill(HOLD);
    this.entryQuantity = new Float64Array(symbolCount);
    this.limitPriceE4 = new Float64Array(symbolCount);
    this.correlated = new Uint8Array(symbolCount);
  }

  enter(s: number, entry: { quantity: Quantity; limitPriceE4: PriceE4; isCorrelated: boolean }): void {
    this.#hasEntries = true;
    this.entryQuantity[s] = entry.quantity;
    this.limitPriceE4[s] = entry.limitPriceE4;
    this.correlated[s] = entry.isCorrelated ? 1 : 0;
  }

  /** Most minutes have no entries to forget. */
  forgetEntries(): void {
    if (!this.#hasEntries) return;
    this.#hasEntries = false;
    this.entryQuantity.fill(0);
    this.limitPriceE4.fill(0);
    this.correlated.fill(0);
  }
}

export interface SignalStageOptions {
  /** Byte-sorted. */
  readonly symbols: readonly string[];
  readonly profile: Profile;
  readonly seed: number;
  /** False skips features where nothing reads them. */
  readonly withFeatures: boolean;
}

export class SignalStage {
  readonly #symbols: readonly string[];
  readonly #profile: Profile;
  readonly #closes: CloseWindow;
  readonly #returns: ReturnWindow;
  /** False where no size depends on how symbols move together. */
  readonly #correlates: boolean;
  readonly #features: FeatureEngine | null;
  readonly #observation: Float32Array;
  readonly #input: { -readonly [Field in keyof PolicyInput]: PolicyInput[Field] };

  constructor(options: SignalStageOptions) {
    const count = options.symbols.length;
    this.#symbols = options.symbols;
    this.#profile = options.profile;
    this.#closes = new CloseWindow(count);
    this.#returns = new ReturnWindow(count);
    this.#correlates = !options.profile.frictionless;
    this.#features = options.withFeatures ? new FeatureEngine(count) : null;
    this.#observation = new Float32Array(count * (FEATURE_COUNT + 1));
    this.#input = {
      session: 0,
      minuteIndex: 0,
      minutes: 0,
      seed: options.seed,
      symbols: options.symbols,
      closes: this.#closes,
      observation: this.#observation,
      ready: false,
      positions: [],
    };
  }

  startSession(session: Session, minutes: number): void {
    this.#input.session = session.date;
    this.#input.minutes = minutes;
    this.#closes.reset();
    this.#returns.reset();
    this.#features?.startSession(session.date);
  }

  /** Folds a past session in of which only volumes are known: by symbol, then minute. No minute of it may follow. */
  foldVolumes(date: number, bySymbol: readonly (readonly number[])[]): void {
    this.#features?.foldVolumes(date, bySymbol);
  }

  /** What `foldVolumes` takes, of the session that runs. */
  sessionVolumes(): number[][] {
    return this.#features?.sessionVolumes(this.#input.minutes) ?? [];
  }

  /** Folds one minute in. The frame has been through quality. */
  update(minuteIndex: number, frame: MinuteFrame): void {
    this.#input.minuteIndex = minuteIndex;
    for (let s = 0; s < this.#symbols.length; s++) {
      if (frame.status[s] !== PRESENT) {
        if (this.#correlates) this.#returns.push(s, 0);
        continue;
      }
      const closeE4 = frame.closeE4[s]!;
      this.#closes.push(s, closeE4);
      if (this.#correlates) this.#returns.push(s, closeE4);
      this.#features?.update(s, minuteIndex, frame.highE4[s]!, frame.lowE4[s]!, closeE4, frame.fillableVolume[s]!);
    }
  }

  /** What a policy is asked at this minute, its observation made of the account. */
  observe(account: Account): PolicyInput {
    const input = this.#input;
    input.positions = account.quantity;
    if (this.#features === null) return input;
    input.ready = this.#features.isReady();
    this.#features.writeObservation(input.minuteIndex, account.quantity, this.#observation);
    return input;
  }

  /** Completes the signals for actions already in `out.actions`: marks, sizes, limit prices. */
  size(frame: MinuteFrame, account: Account, out: SignalFrame): void {
    const { status, faults } = frame;
    const { quantity, markE4 } = account;
    out.present = status;
    out.faults = faults;
    out.markE4 = markE4;
    out.forgetEntries();
    const { actions } = out;
    for (let s = 0; s < actions.length; s++) {
      if (actions[s] === BUY && quantity[s] === 0 && status[s] === PRESENT) this.#sizeEntry(s, account, out);
    }
  }

  #sizeEntry(s: number, account: Account, out: SignalFrame): void {
    const markE4 = out.markE4[s]!;
    const limitPriceE4 = entryLimitE4(this.#profile, markE4);
    const isCorrelated = this.#correlates && this.#isCorrelated(s, account, out.actions);
    const capital = { equityE4: account.equityE4(), exposureE4: account.exposureE4() };
    const quantity = fullEntryQuantity(this.#profile, capital, limitPriceE4 || markE4, isCorrelated);
    out.enter(s, { quantity, limitPriceE4, isCorrelated });
  }

  /** Against every other symbol that is held or wanted in this minute. */
  #isCorrelated(s: number, account: Account, actions: Uint8Array): boolean {
    for (let other = 0; other < this.#symbols.length; other++) {
      if (other === s || (account.quantity[other] === 0 && actions[other] !== BUY)) continue;
      if (Math.abs(this.#returns.correlation(s, other)) > CORRELATION_THRESHOLD) return true;
    }
    return false;
  }
}
