/**
 * Minutes that signal never handled, because every copy of their message was in quarantine: they have no bars here,
 * whatever is stored for them.
 */

import { minuteId } from '../../shared/contracts/minute-ids.ts';
import type { MinuteOfRun } from '../../shared/ports/repositories/decisions.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';

/** By session, from one on. */
export async function minutesMissed(
  runId: string,
  fromSession: number,
  { decisions, inbox }: Repositories,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const idOf = (minute: MinuteOfRun): string => minuteId('bars-ready', runId, minute);
  const quarantined = await decisions.quarantined(runId, fromSession);
  const handled = await inbox.handled('signal', quarantined.map(idOf));
  const missed = quarantined.filter((minute) => !handled.has(idOf(minute)));
  const bySession = Map.groupBy(missed, ({ session }) => session);
  return new Map(
    [...bySession].map(([session, minutes]) => [session, new Set(minutes.map(({ minuteIndex }) => minuteIndex))]),
  );
}
