/**
 * Watches files for a changed text. Their folders are watched, not they themselves, since editors save by putting a new
 * file in the place of the old one. Changes that come close together are reported as one.
 */

import { createHash } from 'node:crypto';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { textOf } from './import-graph.ts';

const SETTLED_MS = 100;

export class FileWatch {
  readonly #onChange: (paths: readonly string[]) => void;
  readonly #folders = new Map<string, FSWatcher>();
  /** Digest of the text that was last reported, by path. */
  readonly #known = new Map<string, string>();
  readonly #touched = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(onChange: (paths: readonly string[]) => void) {
    this.#onChange = onChange;
  }

  /** From now on these files and no others. What changed between two calls is reported. */
  follow(paths: Iterable<string>): void {
    const wanted = new Set(paths);
    for (const path of this.#known.keys()) if (!wanted.has(path)) this.#known.delete(path);
    for (const path of wanted) if (!this.#known.has(path)) this.#known.set(path, digestOf(path));
    this.#watchFolders(new Set([...wanted].map((path) => dirname(path))));
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #watchFolders(wanted: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (!this.#folders.has(folder) && existsSync(folder)) this.#folders.set(folder, this.#watchOf(folder));
    }
  }

  #watchOf(folder: string): FSWatcher {
    const watcher = watch(folder, (_event, name) => {
      if (name !== null) this.#touch(join(folder, name));
    });
    // A folder that was removed is watched again when one of its files is followed again.
    watcher.on('error', () => {
      watcher.close();
      this.#folders.delete(folder);
    });
    return watcher;
  }

  #touch(path: string): void {
    if (!this.#known.has(path)) return;
    this.#touched.add(path);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#report(), SETTLED_MS);
  }

  #report(): void {
    const changed = [...this.#touched].filter((path) => digestOf(path) !== this.#known.get(path));
    this.#touched.clear();
    for (const path of changed) this.#known.set(path, digestOf(path));
    if (changed.length > 0) this.#onChange(changed.toSorted());
  }
}

function digestOf(path: string): string {
  return createHash('sha256').update(textOf(path)).digest('hex');
}
