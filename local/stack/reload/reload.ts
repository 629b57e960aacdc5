/**
 * Restarts those parts of a running stack that a change of the code concerns, and no others.
 *
 * A file that does not parse restarts nothing: the parts go on with the code they have until it is mended.
 */

import { relative } from 'node:path';
import { FileWatch } from './file-watch.ts';
import { filesIn, filesOf } from './import-graph.ts';
import { syntaxProblem } from './load-problem.ts';

/** A process that can be started again from the files as they are now. */
export interface ReloadablePart {
  readonly name: string;
  /** Absolute path of its module. */
  readonly entry: string;
  /** Folders whose files it reads while it runs, such as those of a page. */
  readonly assetDirs: readonly string[];
  restart(): Promise<void>;
}

export type ReloadEvent =
  | { readonly kind: 'restarting'; readonly files: readonly string[]; readonly parts: readonly string[] }
  /** Reported once for each text of the file. */
  | { readonly kind: 'syntax-error'; readonly problem: string; readonly parts: readonly string[] }
  /** Files of the command itself, which it cannot replace while it runs. */
  | { readonly kind: 'needs-new-start'; readonly files: readonly string[] };

export interface ReloadOptions {
  /** Paths are reported relative to it. */
  readonly root: string;
  readonly parts: readonly ReloadablePart[];
  /** Absolute paths of what the process that watches has loaded. */
  readonly ownFiles: () => ReadonlySet<string>;
  readonly onEvent: (event: ReloadEvent) => void;
}

export class Reload {
  readonly #options: ReloadOptions;
  readonly #watch: FileWatch;
  #filesByPart: ReadonlyMap<ReloadablePart, ReadonlySet<string>> = new Map();
  #ownFiles: ReadonlySet<string> = new Set();
  /** Changed since their parts were started; kept while one of them does not parse. */
  readonly #pending = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#watch = new FileWatch((paths) => {
      this.#work = this.#work.then(() => this.#afterChange(paths));
    });
    this.#follow();
  }

  /** Nothing is restarted once this has resolved. */
  async close(): Promise<void> {
    this.#watch.close();
    await this.#work;
  }

  async #afterChange(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.#pending.add(path);
    if (this.#reportSyntax(paths)) return;
    const changed = [...this.#pending];
    this.#pending.clear();
    const parts = this.#partsOf(changed);
    this.#follow();
    if (parts.length > 0) {
      const files = changed.map((path) => this.#short(path));
      this.#options.onEvent({ kind: 'restarting', files, parts: parts.map(({ name }) => name) });
      await Promise.all(parts.map((part) => part.restart()));
    }
    const own = changed.filter((path) => this.#ownFiles.has(path) && this.#partsOf([path]).length === 0);
    if (own.length > 0) this.#options.onEvent({ kind: 'needs-new-start', files: own.map((path) => this.#short(path)) });
  }

  /** Whether one of the changed files, or one that waits since an earlier change, does not parse. */
  #reportSyntax(paths: readonly string[]): boolean {
    const { root, onEvent } = this.#options;
    const broken = [...this.#pending].filter((path) => syntaxProblem(path, root) !== null);
    for (const path of broken.filter((each) => paths.includes(each))) {
      const parts = this.#partsOf([path]).map(({ name }) => name);
      onEvent({ kind: 'syntax-error', problem: syntaxProblem(path, root) ?? '', parts });
    }
    return broken.length > 0;
  }

  #partsOf(paths: readonly string[]): ReloadablePart[] {
    return [...this.#filesByPart].filter(([, files]) => paths.some((path) => files.has(path))).map(([part]) => part);
  }

  /** Imports may have changed with the text. */
  #follow(): void {
    const { parts, ownFiles } = this.#options;
    this.#filesByPart = new Map(parts.map((part) => [part, filesOfPart(part)]));
    this.#ownFiles = ownFiles();
    this.#watch.follow([this.#ownFiles, ...this.#filesByPart.values()].flatMap((files) => [...files]));
  }

  #short(path: string): string {
    return relative(this.#options.root, path);
  }
}

function filesOfPart({ entry, assetDirs }: ReloadablePart): ReadonlySet<string> {
  return new Set([...filesOf(entry), ...assetDirs.flatMap(filesIn)]);
}
