/**
 * How often and how soon a crashed process is started again. Back-off doubles with each crash inside the window;
 * beyond the maximum the answer is to give up, since a process that keeps dying needs a person.
 */

export interface RestartRules {
  readonly restartsMax: number;
  readonly windowMs: number;
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
}

export const RESTART_RULES: RestartRules = { restartsMax: 8, windowMs: 60_000, firstDelayMs: 50, delayMsMax: 5_000 };

export class RestartBudget {
  readonly #rules: RestartRules;
  #crashesMs: number[] = [];

  constructor(rules: RestartRules = RESTART_RULES) {
    this.#rules = rules;
  }

  /** Delay before the next start, or null when the window holds too many crashes. */
  afterCrash(nowMs: number): number | null {
    const { restartsMax, windowMs, firstDelayMs, delayMsMax } = this.#rules;
    this.#crashesMs = this.#crashesMs.filter((crashMs) => nowMs - crashMs < windowMs);
    this.#crashesMs.push(nowMs);
    const crashes = this.#crashesMs.length;
    return crashes > restartsMax ? null : Math.min(delayMsMax, firstDelayMs * 2 ** (crashes - 1));
  }

  get description(): string {
    return `${this.#rules.restartsMax} restarts within ${this.#rules.windowMs / 1_000} s`;
  }
}
