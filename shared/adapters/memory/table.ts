/**
 * Rows by key, in the order in which their keys first came. A fork shares its parent's rows until one of them writes,
 * so that a transaction costs copies of what it touches and nothing else.
 */

export class Table<Row> {
  #rows: Map<string, Row>;
  #isShared = false;

  constructor(rows = new Map<string, Row>()) {
    this.#rows = rows;
  }

  fork(): Table<Row> {
    const fork = new Table(this.#rows);
    fork.#isShared = true;
    this.#isShared = true;
    return fork;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  where(matches: (row: Row) => boolean): Row[] {
    return this.all().filter(matches);
  }

  /** Kept as it is now, whatever becomes of the object given. */
  put(key: string, row: Row): void {
    this.#own().set(key, structuredClone(row));
  }

  /** False when the key is taken: the row there is left as it was. */
  insert(key: string, row: Row): boolean {
    if (this.#rows.has(key)) return false;
    this.put(key, row);
    return true;
  }

  delete(key: string): void {
    if (this.#rows.has(key)) this.#own().delete(key);
  }

  #own(): Map<string, Row> {
    if (this.#isShared) this.#rows = new Map(this.#rows);
    this.#isShared = false;
    return this.#rows;
  }
}
