/**
 * The session of a running stack on the terminal, looked at once a second.
 */

import type { Ask } from './page-snapshot.ts';
import { ProgressWatch, type WatchOptions } from './progress-watch.ts';
import type { Terminal } from './terminal.ts';

const POLL_MS = 1_000;

/** Shows the session's progress on the terminal until the returned function is called. */
export function watchProgress(ask: Ask, terminal: Terminal, options: WatchOptions = {}): () => void {
  const watch = new ProgressWatch(ask, terminal, options);
  let isOver = false;
  const poll = async () => {
    while (!isOver) {
      await watch.look();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref());
    }
  };
  void poll();
  return () => {
    isOver = true;
    watch.stop();
  };
}
