/**
 * Brings one stack up and down: secrets, Postgres and the host at once, then runner and gateway; stops in reverse order.
 *
 * The stack file is on disk before the first process starts, since each reads its ports and its run there.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { type ProcessProblem, readProblem } from '../../shared/runtime/process-problem.ts';
import type { StackFile } from '../../shared/runtime/stack-file.ts';
import { ownAccessKey } from '../vault/access-key.ts';
import type { AccessKey } from '../emulators/secrets-manager/sigv4.ts';
import { endpointCalls } from '../vault/stack/endpoint-calls.ts';
import { localSecrets } from '../vault/stack/local-secrets.ts';
import { diskFileSystem } from '../vault/store/file-system.ts';
import { vaultPlaces } from '../vault/store/places.ts';
import { type DatabaseDriver, DatabaseService } from './database-service.ts';
import { isHealthy } from './health.ts';
import { logPath, logTail } from './log-files.ts';
import { type ChildEvent, type ChildSpec, ManagedChild } from './managed-child.ts';
import { loadProblem } from './reload/load-problem.ts';
import type { ReloadablePart } from './reload/reload.ts';
import { PartBoard } from './part-board.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, messageOf, Problem } from '../problem.ts';
import { CODE_ROOT, childEnv, gatewaySpec, hostSpec, runnerSpec, secretsSpec } from './processes.ts';
import type { RestartRules } from './restart-budget.ts';
import { writeStackFile } from './stack-store.ts';

const STOP_GRACE_MS = 5_000;
const TAIL_LINES = 3;
const READY_POLL_MS = 20;
const PARTS = ['secrets', 'postgres', 'host', 'gpu-runner', 'gateway'];

export type StackEvent = ChildEvent & { readonly name: string };

/** Finished: the gateway has no more sessions to play. Failed: a process could not be kept alive. */
export type StackEnd =
  | { readonly kind: 'finished' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface StackOptions {
  readonly dataDir: string;
  readonly file: StackFile;
  readonly driver: DatabaseDriver;
  readonly rules: RestartRules;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onEvent: (event: StackEvent) => void;
  /** Before the first minute leaves the gateway, with everything else up. */
  readonly beforeGateway?: (stack: Stack) => Promise<unknown>;
  /** Database and page only, to look at a run that is over. */
  readonly isViewOnly?: boolean;
  /** The code may change while it runs: a part whose code does not run waits for its restart. */
  readonly isReloading?: boolean;
}

export class Stack {
  readonly file: StackFile;
  /** Asked of the secrets once they answer. */
  readonly secrets: Secrets;
  readonly ended: Promise<StackEnd>;
  readonly #options: StackOptions;
  readonly #database: DatabaseService;
  readonly #secrets: ManagedChild;
  readonly #host: ManagedChild;
  readonly #runner: ManagedChild;
  readonly #gateway: ManagedChild;
  readonly #board: PartBoard;
  readonly #end: (end: StackEnd) => void;
  #isOver = false;
  readonly #healthy = new Map<string, PromiseWithResolvers<void>>();
  /** What parts said before they went down for good. */
  readonly #problems = new Map<string, ProcessProblem>();
  readonly #accessKey = Promise.withResolvers<AccessKey>();
  #hasBegun = false;

  constructor(options: StackOptions) {
    const { dataDir, file } = options;
    this.#options = options;
    this.file = file;
    writeStackFile(dataDir, file);
    this.secrets = this.#secretsOfStack();
    const { promise, resolve } = Promise.withResolvers<StackEnd>();
    this.ended = promise;
    this.#end = (end) => {
      this.#isOver = true;
      resolve(end);
    };
    this.#board = new PartBoard(dataDir, PARTS, Date.now);
    this.#database = this.#databaseService();
    this.#secrets = this.#child(secretsSpec(file));
    this.#host = this.#child(hostSpec(file));
    this.#runner = this.#child(runnerSpec(file));
    this.#gateway = this.#child(gatewaySpec(file));
  }

  get url(): string {
    return `http://127.0.0.1:${this.file.ports.page}/`;
  }

  /** Whether the gateway was started, which begins the run. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Process ids by name, of those that run. */
  get pids(): Readonly<Record<string, number>> {
    const all = [['postgres', this.#database.pid], ...this.#children().map((child) => [child.spec.name, child.pid])];
    return Object.fromEntries(all.filter(([, pid]) => pid !== null)) as Record<string, number>;
  }

  /** Its processes in the order of their start, for whoever changes their code while they run. */
  get parts(): readonly ReloadablePart[] {
    return this.#children()
      .toReversed()
      .map((child) => ({ ...child.spec, restart: () => child.restart(STOP_GRACE_MS) }));
  }

  /** Resolves when every process answered. Throws Problem, with everything stopped, when one cannot be started. */
  async start(): Promise<void> {
    try {
      await this.#makeAccessKey();
      this.#secrets.start();
      this.#host.start();
      await this.#orEnd(this.#database.start());
      if (this.#options.isViewOnly) {
        await this.#orEnd(this.#hostReady());
        return this.#noteOver();
      }
      this.#runner.start();
      await this.#orEnd(this.#hostReady());
      await this.#orEnd(this.#options.beforeGateway?.(this) ?? Promise.resolve());
      this.#hasBegun = true;
      this.#gateway.start();
      await this.#orEnd(Promise.all([this.#firstHealth('gpu-runner'), this.#firstHealth('gateway')]));
    } catch (error) {
      await this.stop();
      throw error instanceof Problem ? error : this.#startProblem(error);
    }
  }

  /** Resolves when the page answers; it may be up before the rest. */
  pageReady(): Promise<void> {
    return this.#firstHealth('host');
  }

  async stop(): Promise<void> {
    this.#end({ kind: 'stopped' });
    // Whoever stops us may have told all of them at once: from here on an end is no crash.
    for (const part of [...this.#children(), this.#database]) part.expectEnd();
    await this.#gateway.stop(STOP_GRACE_MS);
    await this.#runner.stop(STOP_GRACE_MS);
    await this.#host.stop(STOP_GRACE_MS);
    await this.#database.stop();
    await this.#secrets.stop(STOP_GRACE_MS);
  }

  /** Everything at once, without waiting: what a second Ctrl-C asks for. */
  kill(): void {
    for (const child of this.#children()) child.kill();
    this.#database.kill();
  }

  #children(): readonly ManagedChild[] {
    return [this.#gateway, this.#runner, this.#host, this.#secrets];
  }

  /** Made before any process starts, since each signs with it. */
  async #makeAccessKey(): Promise<void> {
    const files = diskFileSystem();
    const { keysDir, accessKey } = vaultPlaces(this.#options.dataDir);
    await files.makeDir(keysDir);
    this.#accessKey.resolve(await ownAccessKey(accessKey, files));
  }

  #secretsOfStack(): Secrets {
    const url = `http://127.0.0.1:${this.file.ports.secrets}`;
    return localSecrets(async (target, input) => {
      const key = await this.#accessKey.promise;
      await this.#firstHealth('secrets');
      return endpointCalls({ url, key })(target, input);
    });
  }

  #databaseService(): DatabaseService {
    const { dataDir, file, driver, rules } = this.#options;
    const onEvent = (event: ChildEvent) => this.#onEvent('postgres', event);
    return new DatabaseService({
      dataDir,
      port: file.ports.postgres,
      secrets: this.secrets,
      driver,
      rules,
      onEvent,
    });
  }

  #child(spec: ChildSpec): ManagedChild {
    const { dataDir, env, rules, file, isReloading } = this.#options;
    const onEvent = (event: ChildEvent) => this.#onEvent(spec.name, event);
    const codeProblem = (output: string): string | null => loadProblem(output, CODE_ROOT);
    return new ManagedChild(spec, {
      dataDir,
      env: childEnv(dataDir, env, file.messaging),
      rules,
      onEvent,
      ...(isReloading === true && { codeProblem }),
    });
  }

  #onEvent(name: string, event: ChildEvent): void {
    const said = event.kind === 'message' ? readProblem(event.message) : null;
    if (said !== null) this.#problems.set(name, said);
    if (event.kind === 'healthy') this.#health(name).resolve();
    if (event.kind === 'ended') {
      this.#health(name).resolve();
      this.#end({ kind: 'finished' });
    }
    if (event.kind === 'gave-up') this.#end({ kind: 'failed', problem: this.#gaveUp(name, event.reason) });
    this.#board.note(name, event);
    this.#options.onEvent({ ...event, name });
  }

  #noteOver(): void {
    for (const { spec } of [this.#runner, this.#gateway]) this.#board.note(spec.name, { kind: 'ended', exitCode: 0 });
  }

  /** Its page answers long before its pollers run; the gateway's first minute should not have to wait in a queue. */
  async #hostReady(): Promise<void> {
    await this.#firstHealth('host');
    const url = `http://127.0.0.1:${this.file.ports.page}/readyz`;
    while (!this.#isOver && !(await isHealthy(url))) await pause(READY_POLL_MS);
  }

  #firstHealth(name: string): Promise<void> {
    return this.#health(name).promise;
  }

  #health(name: string): PromiseWithResolvers<void> {
    const known = this.#healthy.get(name) ?? Promise.withResolvers<void>();
    this.#healthy.set(name, known);
    return known;
  }

  /** Waits for `work`, unless a process fails for good first. */
  async #orEnd(work: Promise<unknown>): Promise<void> {
    const end = await Promise.race([work.then(() => null), this.ended]);
    if (end?.kind === 'failed') throw end.problem;
    if (end?.kind === 'stopped')
      throw new Problem('stopped while starting', { fix: 'start again', exitCode: EXIT_FAILED });
  }

  #gaveUp(name: string, reason: string): Problem {
    const said = this.#problems.get(name);
    if (said !== undefined) return new Problem(said.message, { fix: said.fix, exitCode: EXIT_FAILED });
    const { dataDir } = this.#options;
    const tail = logTail(dataDir, name, TAIL_LINES).map((line) => `\n  ${name}: ${line}`);
    return new Problem(`${name} ${reason}${tail.join('')}`, {
      fix: `read ${logPath(dataDir, name)}; ./jules doctor checks what it needs`,
      exitCode: EXIT_DEPENDENCY_DOWN,
    });
  }

  #startProblem(cause: unknown): Problem {
    return new Problem(`the database did not start: ${messageOf(cause)}`, {
      fix: `./jules doctor --data ${this.#options.dataDir} checks what it needs`,
      exitCode: EXIT_DEPENDENCY_DOWN,
      cause,
    });
  }
}
