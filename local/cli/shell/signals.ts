/**
 * Ctrl-C and SIGTERM: the first asks for a clean stop, the second for an end at once.
 */

export interface StopSignals {
  /** Resolves at the first signal with its name. */
  readonly first: Promise<NodeJS.Signals>;
  dispose(): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** `force` runs at the second signal and is expected to end the process. */
export function watchStopSignals(force: () => void): StopSignals {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let count = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    count += 1;
    if (count === 1) resolve(signal);
    else force();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    first: promise,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
