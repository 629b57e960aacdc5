/**
 * Postgres under supervision: started by the launcher, started again on the same port after it was killed.
 */

import type { Secrets } from '../../shared/ports/secrets.ts';
import type { ChildEvent } from './managed-child.ts';
import { messageOf } from '../problem.ts';
import { RestartBudget, type RestartRules } from './restart-budget.ts';

export interface DatabaseServer {
  readonly pid: number;
  /** Resolves with the reason when the server is gone, for whatever reason. */
  readonly exited: Promise<string>;
  /** Clean shutdown; resolves when it is gone. */
  stop(): Promise<void>;
  /** Immediate shutdown. */
  kill(): void;
}

export interface DatabaseDriver {
  /** Resolves when the server takes connections. */
  start(options: DatabaseOptions): Promise<DatabaseServer>;
  /** Roles, database, migrations. */
  prepare(options: DatabaseOptions): Promise<void>;
}

export interface DatabaseOptions {
  readonly dataDir: string;
  /** Absent: this machine. */
  readonly host?: string;
  readonly port: number;
  /** Of the database: admin, owner, application, reader. */
  readonly secrets: Secrets;
}

export interface DatabaseServiceOptions extends DatabaseOptions {
  readonly driver: DatabaseDriver;
  readonly rules: RestartRules;
  readonly onEvent: (event: ChildEvent) => void;
}

export class DatabaseService {
  readonly #options: DatabaseServiceOptions;
  readonly #budget: RestartBudget;
  #server: DatabaseServer | null = null;
  #isStopping = false;

  constructor(options: DatabaseServiceOptions) {
    this.#options = options;
    this.#budget = new RestartBudget(options.rules);
  }

  get pid(): number | null {
    return this.#server?.pid ?? null;
  }

  /** The first start: a failure is the caller's to report. */
  async start(): Promise<void> {
    await this.#launch();
    await this.#options.driver.prepare(this.#options);
    this.#options.onEvent({ kind: 'healthy', pid: this.pid ?? 0 });
  }

  /** From here on its end is no crash, whoever ends it, and it is not started again. */
  expectEnd(): void {
    this.#isStopping = true;
  }

  async stop(): Promise<void> {
    this.expectEnd();
    await this.#server?.stop();
  }

  kill(): void {
    this.#isStopping = true;
    this.#server?.kill();
  }

  async #launch(): Promise<void> {
    const server = await this.#options.driver.start(this.#options);
    this.#server = server;
    // A stop that came while it started would find no server to stop.
    if (this.#isStopping) await server.stop();
    void server.exited.then((reason) => this.#onExit(server, reason));
  }

  #onExit(server: DatabaseServer, reason: string): void {
    if (this.#server === server) this.#server = null;
    if (!this.#isStopping) this.#afterCrash(reason);
  }

  #afterCrash(reason: string): void {
    const restartInMs = this.#budget.afterCrash(performance.now());
    if (restartInMs === null) {
      const all = `${reason}, after ${this.#budget.description}`;
      return this.#options.onEvent({ kind: 'gave-up', reason: all });
    }
    this.#options.onEvent({ kind: 'crashed', reason, restartInMs });
    setTimeout(() => void this.#relaunch(), restartInMs);
  }

  async #relaunch(): Promise<void> {
    if (this.#isStopping) return;
    try {
      await this.#launch();
      this.#options.onEvent({ kind: 'healthy', pid: this.pid ?? 0 });
    } catch (error) {
      if (!this.#isStopping) this.#afterCrash(messageOf(error));
    }
  }
}
