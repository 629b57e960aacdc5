/**
 * One transaction on one connection. Everything is sent at once and in order: reads wait for their answer, writes
 * are checked at the commit, so a transaction costs one trip to the server for each read and one for the rest.
 */

import type { PoolClient, QueryResultRow } from 'pg';
import { assert } from '../../../domain/units/units.ts';

/** Prepared once per connection under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export class Transaction {
  readonly #client: PoolClient;
  #failure: Error | null = null;
  #isOpen = true;

  constructor(client: PoolClient) {
    this.#client = client;
    this.#send(client.query('BEGIN'));
  }

  /** The first thing that the database refused; what follows it only says that the transaction is aborted. */
  get failure(): Error | null {
    return this.#failure;
  }

  async read<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    this.#assertOpen(statement);
    const sent = this.#client.query<Row>({ ...statement, values: [...values] });
    this.#send(sent);
    return (await sent).rows;
  }

  /** Sent now; a refusal fails the commit. */
  write(statement: Statement, values: readonly unknown[]): void {
    this.#assertOpen(statement);
    this.#send(this.#client.query({ ...statement, values: [...values] }));
  }

  /** Answers come in the order of sending, so this one has seen the fate of every write. */
  async commit(): Promise<void> {
    this.#isOpen = false;
    await this.#client.query('COMMIT');
    if (this.#failure !== null) throw this.#failure;
  }

  /** True when the connection can be used again. */
  async rollback(): Promise<boolean> {
    this.#isOpen = false;
    try {
      await this.#client.query('ROLLBACK');
    } catch (error) {
      this.#fail(error);
    }
    // After a refusal a statement may be half prepared; such a connection is not worth saving.
    return this.#failure === null;
  }

  #send(sent: Promise<unknown>): void {
    sent.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  #assertOpen({ name }: Statement): void {
    assert(this.#isOpen, `statement ${name} is sent before its transaction ends`);
  }
}
