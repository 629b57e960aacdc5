/**
 * Equity at the closes and what is measured on it: two drawdowns, the loss of the session, and where a limit is reached.
 *
 * The account's drawdown falls from the highest equity it ever had and is what every report calls drawdown. The limit's
 * falls from a reference: the highest equity since the account was armed last. Money in 1e-4 USD.
 */

import type { Opening } from './opening.ts';
import { usdText } from '../units/money-text.ts';
import type { UsdE4 } from '../units/units.ts';
import { partOfE4, type Profile } from '../profile/profile.ts';

export interface EquitySnapshot {
  readonly equityE4: UsdE4;
  readonly sessionStartE4: UsdE4;
  readonly accountPeakE4: UsdE4;
  readonly maxDrawdownE4: UsdE4;
  readonly limitReferenceE4: UsdE4;
  readonly maxLimitDrawdownE4: UsdE4;
}

export class EquityWatch {
  equityE4: UsdE4;
  /** Equity at the prior close. */
  sessionStartE4: UsdE4;
  accountPeakE4: UsdE4;
  maxDrawdownE4: UsdE4 = 0;
  limitReferenceE4: UsdE4;
  maxLimitDrawdownE4: UsdE4 = 0;
  readonly #profile: Profile;
  dailyLossMaxE4: UsdE4 = 0;
  drawdownMaxE4: UsdE4 = 0;

  constructor(profile: Profile, { cashE4, accountPeakE4, limitReferenceE4 }: Opening) {
    this.#profile = profile;
    this.equityE4 = cashE4;
    this.sessionStartE4 = cashE4;
    this.accountPeakE4 = accountPeakE4;
    this.limitReferenceE4 = limitReferenceE4;
    this.#setLimits();
  }

  get drawdownE4(): UsdE4 {
    return this.accountPeakE4 - this.equityE4;
  }

  get limitDrawdownE4(): UsdE4 {
    return this.limitReferenceE4 - this.equityE4;
  }

  get sessionLossE4(): UsdE4 {
    return this.sessionStartE4 - this.equityE4;
  }

  startSession(equityE4: UsdE4): void {
    this.equityE4 = equityE4;
    this.sessionStartE4 = equityE4;
    this.#setLimits();
  }

  mark(equityE4: UsdE4): void {
    this.equityE4 = equityE4;
    if (equityE4 > this.accountPeakE4) this.accountPeakE4 = equityE4;
    if (equityE4 > this.limitReferenceE4) this.#setReference(equityE4);
    if (this.drawdownE4 > this.maxDrawdownE4) this.maxDrawdownE4 = this.drawdownE4;
    if (this.limitDrawdownE4 > this.maxLimitDrawdownE4) this.maxLimitDrawdownE4 = this.limitDrawdownE4;
  }

  /** The reference of the drawdown limit becomes the equity of the moment; returns what it was. */
  rebase(): UsdE4 {
    const formerE4 = this.limitReferenceE4;
    this.#setReference(this.equityE4);
    return formerE4;
  }

  /** Why the drawdown is too large, in words; null: it is not. Written so that a value that is not a number is. */
  drawdownReached(): string | null {
    const { limitDrawdownE4, limitReferenceE4, drawdownMaxE4 } = this;
    return limitDrawdownE4 < drawdownMaxE4 ? null : lossText(limitDrawdownE4, limitReferenceE4, drawdownMaxE4);
  }

  /** The same of the loss of the session. */
  dailyLossReached(): string | null {
    const { sessionLossE4, sessionStartE4, dailyLossMaxE4 } = this;
    return sessionLossE4 < dailyLossMaxE4 ? null : lossText(sessionLossE4, sessionStartE4, dailyLossMaxE4);
  }

  snapshot(): EquitySnapshot {
    const { equityE4, sessionStartE4, accountPeakE4, maxDrawdownE4, limitReferenceE4, maxLimitDrawdownE4 } = this;
    return { equityE4, sessionStartE4, accountPeakE4, maxDrawdownE4, limitReferenceE4, maxLimitDrawdownE4 };
  }

  restore(snapshot: EquitySnapshot): void {
    this.equityE4 = snapshot.equityE4;
    this.sessionStartE4 = snapshot.sessionStartE4;
    this.accountPeakE4 = snapshot.accountPeakE4;
    this.maxDrawdownE4 = snapshot.maxDrawdownE4;
    this.limitReferenceE4 = snapshot.limitReferenceE4;
    this.maxLimitDrawdownE4 = snapshot.maxLimitDrawdownE4;
    this.#setLimits();
  }

  #setReference(equityE4: UsdE4): void {
    this.limitReferenceE4 = equityE4;
    this.#setDrawdownLimit();
  }

  #setLimits(): void {
    const { dailyLossMaxUsdE4, dailyLossMaxFraction } = this.#profile;
    this.dailyLossMaxE4 = Math.min(dailyLossMaxUsdE4, partOfE4(dailyLossMaxFraction, this.sessionStartE4));
    this.#setDrawdownLimit();
  }

  #setDrawdownLimit(): void {
    const { drawdownMaxUsdE4, drawdownMaxFraction } = this.#profile;
    this.drawdownMaxE4 = Math.min(drawdownMaxUsdE4, partOfE4(drawdownMaxFraction, this.limitReferenceE4));
  }
}

function lossText(lossE4: UsdE4, fromE4: UsdE4, limitE4: UsdE4): string {
  return `${usdText(lossE4)} below ${usdText(fromE4)}, limit ${usdText(limitE4)}`;
}
