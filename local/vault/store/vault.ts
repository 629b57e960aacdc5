/**
 * The vault: secrets in memory, values sealed, every change confirmed on disk before it is acknowledged.
 *
 * A confirmed change is a file of the log and a count beside the key. A power cut leaves the state before the change
 * or after it. One process has the vault at a time; see locked-vault.ts.
 */

import { setImmediate } from 'node:timers/promises';
import type { Logger } from '../../../shared/ports/logger.ts';
import { newGeneration, openValue, rewrapValue, type SecretValue, sealValue } from './envelope.ts';
import { type CountedVault, writeCounter } from './epoch-counter.ts';
import { altered, VaultError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { Generations } from './generations.ts';
import type { Keyring } from './keyring.ts';
import { type LogPlace, type OpenLog, removeOldFiles, writeSegment, writeSnapshot } from './log.ts';
import type { VaultPlaces } from './places.ts';
import type { Change, SecretRecord } from './records.ts';
import { keyFor } from './sealing.ts';
import type { VaultState } from './state.ts';

/** Beyond this many changes since the last snapshot a new one is written, so that opening stays quick. */
const SEGMENTS_MAX = 512;
/** Then others get their turn. */
const OPENED_AT_ONCE = 200;

export interface Transaction {
  find(name: string): SecretRecord | null;
  put(secret: SecretRecord): void;
  putValue(name: string, versionId: string, value: SecretValue): void;
  remove(name: string): void;
}

export interface VaultParts {
  readonly places: VaultPlaces;
  readonly files: FileSystem;
  readonly keyring: Keyring;
  readonly log: OpenLog;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** A change that is on disk and not confirmed yet. */
interface Unsettled {
  readonly epoch: number;
  readonly head: Buffer;
  readonly changes: readonly Change[];
}

export class Vault {
  readonly #parts: VaultParts;
  readonly #place: LogPlace;
  readonly #counterKey: Buffer;
  readonly #generations: Generations;
  readonly #touched = new Set<string>();
  #epoch: number;
  #head: Buffer;
  #snapshotEpoch: number;
  #unsettled: Unsettled | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: VaultParts) {
    this.#parts = parts;
    this.#place = logPlace(parts);
    this.#counterKey = keyFor(parts.keyring.rootKey, 'counter');
    this.#generations = new Generations(parts.log.state, parts.keyring.rootKey);
    this.#epoch = parts.log.epoch;
    this.#head = parts.log.head;
    this.#snapshotEpoch = parts.log.snapshotEpoch;
  }

  get state(): VaultState {
    return this.#parts.log.state;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get keyring(): Omit<Keyring, 'rootKey'> {
    return this.#parts.keyring;
  }

  /** Null when that version has no value. Throws VaultError ALTERED when it does not open. */
  read(name: string, versionId: string): SecretValue | null {
    const sealed = this.state.value(name, versionId);
    if (sealed === null) return null;
    const value = openValue(sealed, { name, versionId }, this.#generations.get(sealed.generation));
    if (value === null) throw altered(`version ${versionId} of ${name}`);
    return value;
  }

  /** Notes the day of a read. Confirmed together with the next change: losing it in a power cut costs a date. */
  touch(name: string, versionId: string, dayMs: number): void {
    const secret = this.state.secrets.get(name);
    if (secret === undefined) return;
    const isNoted = secret.versions.some(({ id, accessedDayMs }) => id === versionId && accessedDayMs === dayMs);
    if (isNoted && secret.accessedDayMs === dayMs) return;
    const versions = secret.versions.map((each) => (each.id === versionId ? { ...each, accessedDayMs: dayMs } : each));
    this.#parts.log.state.apply({ type: 'secret', secret: { ...secret, accessedDayMs: dayMs, versions } });
    this.#touched.add(name);
  }

  /** Runs alone; what it changed is on disk when this resolves, or nothing is. Throws VaultError WRITE_FAILED. */
  transact<Result>(work: (transaction: Transaction) => Result | Promise<Result>): Promise<Result> {
    return this.#alone(async () => {
      const changes: Change[] = [];
      const result = await work(this.#transaction(changes));
      if (changes.length > 0) await this.#commit(changes);
      return result;
    });
  }

  /** A generation of the key-encryption key behind `after`, made where there is none; new values use the newest. */
  nextGeneration(after: number): Promise<number> {
    return this.#alone(async () => {
      const newest = this.#generations.newest().id;
      if (newest > after) return newest;
      // A restored vault counts from 1 again, and what it holds may name a later one.
      const id = Math.max(newest, after) + 1;
      const generation = newGeneration(this.#parts.keyring.rootKey, id, this.#parts.nowMs());
      await this.#commit([{ type: 'generation', generation }]);
      return id;
    });
  }

  /** Rewraps data keys of older generations, at most `limit` at once; returns how many are left. */
  rewrapSome(limit: number): Promise<number> {
    return this.#alone(async () => {
      const to = this.#generations.newest();
      const stale = [...this.state.values()].filter(({ value }) => value.generation !== to.id);
      const changes = stale.slice(0, limit).map((each): Change => {
        const value = rewrapValue(each.value, each, { from: this.#generations.get(each.value.generation), to });
        if (value === null) throw altered(`version ${each.versionId} of ${each.name}`);
        return { type: 'value', name: each.name, versionId: each.versionId, value };
      });
      if (changes.length > 0) await this.#commit(changes);
      return stale.length - changes.length;
    });
  }

  /** Opens every version, and counts those under another generation. Throws VaultError ALTERED naming the first. */
  async checkGeneration(id: number): Promise<{ versions: number; elsewhere: number }> {
    let elsewhere = 0;
    const versions = [...this.state.values()];
    for (const [at, { name, versionId }] of versions.entries()) {
      if (at % OPENED_AT_ONCE === 0) await setImmediate();
      this.read(name, versionId)?.bytes.fill(0);
      // It may be gone or rewrapped by now.
      if ((this.state.value(name, versionId)?.generation ?? id) !== id) elsewhere += 1;
    }
    return { versions: versions.length, elsewhere };
  }

  /** Forgets generations that no value needs, the newest apart; returns which. */
  retireGenerations(): Promise<number[]> {
    return this.#alone(async () => {
      const needed = new Set([...this.state.values()].map(({ value }) => value.generation));
      needed.add(this.#generations.newest().id);
      const idle = [...this.state.generations.keys()].filter((id) => !needed.has(id));
      if (idle.length > 0) await this.#commit(idle.map((id): Change => ({ type: 'generation-retired', id })));
      for (const id of idle) this.#generations.forget(id);
      return idle;
    });
  }

  /** Confirms what is open and forgets the keys. */
  async close(): Promise<void> {
    await this.#alone(async () => {
      if (this.#touched.size > 0) await this.#commit([]);
    });
    this.#parts.keyring.rootKey.fill(0);
    this.#counterKey.fill(0);
    this.#place.logKey.fill(0);
  }

  #transaction(changes: Change[]): Transaction {
    return {
      find: (name) => this.state.secrets.get(name) ?? null,
      put: (secret) => void changes.push({ type: 'secret', secret }),
      putValue: (name, versionId, value) => {
        const sealed = sealValue(value, { name, versionId }, this.#generations.newest());
        changes.push({ type: 'value', name, versionId, value: sealed });
      },
      remove: (name) => void changes.push({ type: 'removed', name }),
    };
  }

  /** One after another: a change sees every change before it. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(async () => {
      await this.#settle();
      return work();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    const all = [...this.#touchedChanges(), ...changes];
    this.#touched.clear();
    const epoch = this.#epoch + 1;
    const head = await this.#write(() => writeSegment(this.#place, { epoch, head: this.#head, changes: all }));
    this.#unsettled = { epoch, head, changes: all };
    await this.#settle();
    await this.#compact();
  }

  /** Confirms the change that is on disk. Until this succeeds nobody sees it, and no other change is begun. */
  async #settle(): Promise<void> {
    const open = this.#unsettled;
    if (open === null) return;
    const { files, places } = this.#parts;
    await this.#write(() => files.syncDir(places.logDir));
    await this.#write(() => writeCounter(places.counter, this.#counted(open.epoch), files));
    for (const change of open.changes) this.#parts.log.state.apply(change);
    this.#epoch = open.epoch;
    this.#head = open.head;
    this.#unsettled = null;
  }

  /** A failure costs nothing: the segments are still there, and the next change tries again. */
  async #compact(): Promise<void> {
    if (this.#epoch - this.#snapshotEpoch < SEGMENTS_MAX) return;
    try {
      const snapshot = { epoch: this.#epoch, head: this.#head, changes: this.#parts.log.state.changes() };
      await writeSnapshot(this.#place, snapshot);
      this.#snapshotEpoch = this.#epoch;
      await removeOldFiles(this.#place, this.#epoch);
    } catch (error) {
      this.#parts.logger.warn(
        { err: error, epoch: this.#epoch },
        'the vault could not be compacted: tried again later',
      );
    }
  }

  /** Days of reads are older than the changes that follow them. */
  #touchedChanges(): Change[] {
    return [...this.#touched].flatMap((name): Change[] => {
      const secret = this.state.secrets.get(name);
      return secret === undefined ? [] : [{ type: 'secret', secret }];
    });
  }

  async #write<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new VaultError('WRITE_FAILED', `the disk did not take a change of the vault: ${said}`, {
        fix: 'free space on the disk of the data folder, then try again',
        cause,
      });
    }
  }

  #counted(epoch: number): CountedVault {
    return { id: this.#parts.keyring.vaultId, epoch, counterKey: this.#counterKey };
  }
}

export function logPlace({ places, files, keyring }: Pick<VaultParts, 'places' | 'files' | 'keyring'>): LogPlace {
  return { dir: places.logDir, files, vaultId: keyring.vaultId, logKey: keyFor(keyring.rootKey, 'log') };
}
