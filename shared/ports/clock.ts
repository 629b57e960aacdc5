/**
 * Wall time and waiting, as an argument. Handlers use it for latency stamps only; the gateway compares with it.
 */

export interface Clock {
  /** Epoch milliseconds, with a fraction where the platform has one. */
  nowMs(): number;
  /** Resolves after `delayMs`, or at once when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
