/**
 * What a consumer keeps in memory between the messages of a run: a cache of a fold that the database owns.
 *
 * Any number of processes may work on one run, one after the other. Each message reads the version of the fold inside its
 * transaction and moves it on, so memory counts only where no other process has committed a message of the run since;
 * else the fold is loaded again. Why so: docs/decisions/0020-folds-have-versions.md
 */

import type { HandlerContext } from '../ports/handler.ts';
import type { ConsumerName } from '../topology.ts';

export interface FoldUse<Fold> {
  /** False: what is kept was made for another place than that of the message. By default any place will do. */
  readonly fits?: (kept: Fold) => boolean;
  /** Asked in the same trip to the database as the version; throws where the message is to be refused. */
  readonly guard?: () => Promise<void>;
  /** Reads the fold from what is stored. */
  readonly load: () => Promise<Fold>;
}

export class SessionFold<Fold extends object> {
  readonly #consumer: ConsumerName;
  #kept: { readonly runId: string; readonly version: number; readonly fold: Fold } | null = null;

  constructor(consumer: ConsumerName) {
    this.#consumer = consumer;
  }

  /**
   * The fold as it stands before this message. The caller moves it on in place; it is kept when the transaction commits,
   * and until then nobody else may build on it, since a message that was rolled back comes again.
   */
  async open(runId: string, context: HandlerContext, use: FoldUse<Fold>): Promise<Fold> {
    const entering = context.repositories.folds.enter(this.#consumer, runId);
    const [version] = await Promise.all([entering, use.guard?.()]);
    const kept = this.#kept;
    this.#kept = null;
    const isCurrent = kept?.runId === runId && kept.version === version && (use.fits?.(kept.fold) ?? true);
    const fold = isCurrent ? kept.fold : await use.load();
    context.afterCommit(() => {
      this.#kept = { runId, version: version + 1, fold };
    });
    return fold;
  }
}
