/**
 * The vault's log on disk: the newest snapshot and every segment since, one file for each confirmed change.
 *
 * Each file is written whole, flushed and renamed into place, so there is never half a change to be read. When there
 * are many segments, a new snapshot takes their place.
 */

import { join } from 'node:path';
import { altered, missing, swapped } from './errors.ts';
import { type FileSystem, replaceFile, replaceFileDurably } from './file-system.ts';
import { decodeLogFile, encodeLogFile, headOf, type LogIdentity, type LogKind, NO_HEAD } from './log-file.ts';
import type { Change } from './records.ts';
import { MutableState } from './state.ts';

export interface LogPlace extends LogIdentity {
  readonly dir: string;
  readonly files: FileSystem;
}

export interface OpenLog {
  readonly state: MutableState;
  readonly epoch: number;
  readonly head: Buffer;
  readonly snapshotEpoch: number;
}

const NAME = /^(snapshot|segment)-(\d{12})$/;
const EPOCH_DIGITS = 12;
const READ_AT_ONCE_MAX = 32;

interface Entry {
  readonly kind: LogKind;
  readonly epoch: number;
}

export async function createLog(place: LogPlace, changes: readonly Change[], epoch = 0): Promise<OpenLog> {
  await writeSnapshot(place, { epoch, head: NO_HEAD, changes });
  const state = new MutableState();
  for (const change of changes) state.apply(change);
  return { state, epoch, head: NO_HEAD, snapshotEpoch: epoch };
}

/** Throws VaultError. Leaves the files as they are. */
export async function readLog(place: LogPlace): Promise<OpenLog> {
  const entries = await entriesOf(place);
  const snapshotEpoch = Math.max(...entries.filter(({ kind }) => kind === 'snapshot').map(({ epoch }) => epoch));
  if (snapshotEpoch < 0) throw missing(join(place.dir, 'snapshot'));
  const snapshot = await readEntry(place, { kind: 'snapshot', epoch: snapshotEpoch });
  const state = new MutableState();
  for (const change of snapshot.file.changes) state.apply(change);

  const last = Math.max(snapshotEpoch, ...entries.map(({ epoch }) => epoch));
  let head = snapshot.file.head;
  for (let from = snapshotEpoch + 1; from <= last; from += READ_AT_ONCE_MAX) {
    const epochs = Array.from({ length: Math.min(READ_AT_ONCE_MAX, last - from + 1) }, (_, at) => from + at);
    for (const segment of await Promise.all(epochs.map((epoch) => readEntry(place, { kind: 'segment', epoch })))) {
      if (!segment.file.head.equals(head)) throw swapped(segment.path, 'does not follow the file before it');
      for (const change of segment.file.changes) state.apply(change);
      head = segment.head;
    }
  }
  return { state, epoch: last, head, snapshotEpoch };
}

/** Up to the rename; the folder is flushed by the caller. Returns the new head. */
export async function writeSegment(
  place: LogPlace,
  segment: { readonly epoch: number; readonly head: Buffer; readonly changes: readonly Change[] },
): Promise<Buffer> {
  const bytes = encodeLogFile({ kind: 'segment', ...segment }, place);
  await replaceFile(place.files, pathOf(place, { kind: 'segment', epoch: segment.epoch }), bytes);
  return headOf(bytes);
}

export async function writeSnapshot(
  place: LogPlace,
  snapshot: { readonly epoch: number; readonly head: Buffer; readonly changes: readonly Change[] },
): Promise<void> {
  const bytes = encodeLogFile({ kind: 'snapshot', ...snapshot }, place);
  await replaceFileDurably(place.files, pathOf(place, { kind: 'snapshot', epoch: snapshot.epoch }), bytes);
}

/** Removes what the newest snapshot has made unnecessary. */
export async function removeOldFiles(place: LogPlace, snapshotEpoch: number): Promise<void> {
  for (const entry of await entriesOf(place)) {
    const isCovered = entry.kind === 'snapshot' ? entry.epoch < snapshotEpoch : entry.epoch <= snapshotEpoch;
    if (isCovered) await place.files.remove(pathOf(place, entry));
  }
}

async function readEntry(place: LogPlace, entry: Entry) {
  const path = pathOf(place, entry);
  const bytes = await place.files.read(path);
  if (bytes === null) throw missing(path);
  return { path, head: headOf(bytes), file: decodeLogFile(bytes, place, { path, ...entry }) };
}

/** Throws VaultError when the folder holds a file that no vault wrote. */
async function entriesOf({ dir, files }: LogPlace): Promise<Entry[]> {
  return (await files.list(dir)).map((name) => {
    const match = NAME.exec(name);
    if (match === null) throw altered(join(dir, name));
    return { kind: match[1] as LogKind, epoch: Number(match[2]) };
  });
}

function pathOf({ dir }: LogPlace, { kind, epoch }: Entry): string {
  return join(dir, `${kind}-${String(epoch).padStart(EPOCH_DIGITS, '0')}`);
}
