/**
 * Lets a stated number of requests run, a stated number wait, and refuses the rest at once.
 */

export interface AdmissionLimits {
  readonly runningMax: number;
  readonly waitingMax: number;
}

/** Expected under load: the caller is asked to come back. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `work` in its turn; throws BusyError when the queue is full, the signal's reason when it aborts first. */
  async run<Result>(work: () => Promise<Result> | Result, signal: AbortSignal): Promise<Result> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#running < this.#limits.runningMax) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.waitingMax) {
      throw new BusyError(`${this.#limits.waitingMax} requests are waiting already`);
    }
    await this.#turn(signal);
  }

  /** The slot passes from the one who leaves to the one who waited, so `running` does not change. */
  #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      this.#waiting.splice(this.#waiting.indexOf(admit), 1);
      reject(signal.reason as Error);
    };
    const admit = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(admit);
    return promise;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
