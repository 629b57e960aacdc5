/**
 * Versions of what consumers have folded, counted in the transaction of each message.
 *
 * The row stays locked until that transaction ends: whoever comes meanwhile waits, and then reads what it left.
 */

import type { FoldRepository } from '../../../ports/repositories/messages.ts';
import { integer } from '../connection/columns.ts';
import type { Transaction } from '../connection/transaction.ts';

const ENTER = {
  name: 'fold-enter',
  text: `INSERT INTO folds AS fold (run_id, consumer, version) VALUES ($1, $2, 1)
    ON CONFLICT (run_id, consumer) DO UPDATE SET version = fold.version + 1
    RETURNING version - 1 AS version`,
};

/** Versions of runs long over need not be remembered. */
const REMEMBERED_MAX = 100;

/** The versions that this process has left behind with its own commits. */
export class OwnVersions {
  readonly #versions = new Map<string, number>();

  isOwn(fold: string, version: number): boolean {
    return this.#versions.get(fold) === version;
  }

  /** After the commit. */
  put(versions: ReadonlyMap<string, number>): void {
    for (const [fold, version] of versions) {
      this.#versions.delete(fold);
      this.#versions.set(fold, version);
    }
    for (const fold of this.#versions.keys()) {
      if (this.#versions.size <= REMEMBERED_MAX) return;
      this.#versions.delete(fold);
    }
  }
}

export interface FoldWatch {
  readonly own: OwnVersions;
  /** Receives the versions that this transaction leaves behind. */
  readonly entered: Map<string, number>;
  /** Called when another process has gone on with the run since the last commit of this one. */
  readonly onForeign: (runId: string) => void;
}

export function foldRepository(transaction: Transaction, { own, entered, onForeign }: FoldWatch): FoldRepository {
  return {
    async enter(consumer, runId) {
      const [row] = await transaction.read<{ version: string }>(ENTER, [runId, consumer]);
      const version = integer(row!.version, 'folds.version');
      const fold = `${consumer}/${runId}`;
      if (!own.isOwn(fold, version)) onForeign(runId);
      entered.set(fold, version + 1);
      return version;
    },
  };
}
