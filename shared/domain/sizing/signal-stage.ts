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
import { CORRELATION_THRESHOLD, ReturnWindow } from './correlation.ts';
import { entryLimitE4, fullEntryQuantity } from './sizing.ts';

/** What the guard is given, one entry per symbol. */
export class SignalFrame {
  readonly present: Uint8Array;
  readonly faults: Uint32Array;
  readonly markE4: Float64Array;
  readonly actions: Uint8Array;
  readonly entryQuantity: Float64Array;
  readonly limitPriceE4: Float64Array;
  readonly correlated: Uint8Array;

  constructor(symbolCount: number) {
    this.present = new Uint8Array(symbolCount);
    this.faults = new Uint32Array(symbolCount);
    this.markE4 = new Float64Array(symbolCount);
    this.actions = new Uint8Array(symbolCount).fill(HOLD);
    this.entryQuantity = new Float64Array(symbolCount);
    this.limitPriceE4 = new Float64Array(symbolCount);
    this.correlated = new Uint8Array(symbolCount);
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
  readonly #features: FeatureEngine | null;
  readonly #observation: Float32Array;
  readonly #input: { -readonly [Field in keyof PolicyInput]: PolicyInput[Field] };

  constructor(options: SignalStageOptions) {
    const count = options.symbols.length;
    this.#symbols = options.symbols;
    this.#profile = options.profile;
    this.#closes = new CloseWindow(count);
    this.#returns = new ReturnWindow(count);
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
        this.#returns.push(s, 0);
        continue;
      }
      const closeE4 = frame.closeE4[s]!;
      this.#closes.push(s, closeE4);
      this.#returns.push(s, closeE4);
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
    for (let s = 0; s < this.#symbols.length; s++) {
      out.present[s] = frame.status[s] === PRESENT ? 1 : 0;
      out.faults[s] = frame.faults[s]!;
      out.markE4[s] = account.markE4[s]!;
      out.entryQuantity[s] = 0;
      out.limitPriceE4[s] = 0;
      out.correlated[s] = 0;
      if (out.actions[s] === BUY && account.quantity[s] === 0 && out.present[s] === 1) this.#sizeEntry(s, account, out);
    }
  }

  #sizeEntry(s: number, account: Account, out: SignalFrame): void {
    const limitE4 = entryLimitE4(this.#profile, out.markE4[s]!);
    const correlated = !this.#profile.frictionless && this.#isCorrelated(s, account, out.actions);
    const capital = { equityE4: account.equityE4(), exposureE4: account.exposureE4() };
    out.limitPriceE4[s] = limitE4;
    out.correlated[s] = correlated ? 1 : 0;
    out.entryQuantity[s] = fullEntryQuantity(this.#profile, capital, limitE4 || out.markE4[s]!, correlated);
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
