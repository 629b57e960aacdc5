/**
 * Rows by key, in the order in which their keys first came. A fork shows its own changes over the rows of its parent,
 * which does not see them until they are committed: what a transaction costs is what it changes.
 */

export class Table<Row> {
  readonly #rows: Map<string, Row>;
  /** What a fork has changed, null where it took a row away. */
  readonly #changes: Map<string, Row | null> | null;

  constructor(rows = new Map<string, Row>(), changes: Map<string, Row | null> | null = null) {
    this.#rows = rows;
    this.#changes = changes;
  }

  fork(): Table<Row> {
    return new Table<Row>(this.#rows, new Map());
  }

  /** Makes the changes of a fork those of its parent. */
  commit(): void {
    applyTo(this.#rows, this.#changes);
    this.#changes?.clear();
  }

  get size(): number {
    return this.all().length;
  }

  get(key: string): Row | undefined {
    const changed = this.#changes?.get(key);
    return changed === undefined ? this.#rows.get(key) : (changed ?? undefined);
  }

  all(): Row[] {
    if (this.#changes === null || this.#changes.size === 0) return [...this.#rows.values()];
    const merged = new Map(this.#rows);
    applyTo(merged, this.#changes);
    return [...merged.values()];
  }

  where(matches: (row: Row) => boolean): Row[] {
    return this.all().filter(matches);
  }

  /** Kept as it is now, whatever becomes of the object given. */
  put(key: string, row: Row): void {
    this.#set(key, structuredClone(row));
  }

  /** False when the key is taken: the row there is left as it was. */
  insert(key: string, row: Row): boolean {
    if (this.get(key) !== undefined) return false;
    this.put(key, row);
    return true;
  }

  delete(key: string): void {
    if (this.#changes === null) this.#rows.delete(key);
    else this.#changes.set(key, null);
  }

  #set(key: string, row: Row): void {
    if (this.#changes === null) this.#rows.set(key, row);
    else this.#changes.set(key, row);
  }
}

function applyTo<Row>(rows: Map<string, Row>, changes: ReadonlyMap<string, Row | null> | null): void {
  for (const [key, row] of changes ?? []) {
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
}
