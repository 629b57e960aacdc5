/**
 * One child process under supervision: forked with an open IPC channel (so that it ends when we die), watched by its
 * health route, started again with back-off after a crash, killed and started again when it stops answering.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import { openLog } from './log-files.ts';
import { isHealthy } from './health.ts';
import { RestartBudget, type RestartRules } from './restart-budget.ts';

export interface ChildSpec {
  readonly name: string;
  /** Absolute path of the module. */
  readonly entry: string;
  readonly healthUrl: string;
  /** A child that is not healthy by then counts as crashed. */
  readonly startTimeoutMs: number;
  /** Exit codes that end the child's work instead of being crashes, such as 0 of a gateway that is done. */
  readonly finalExitCodes: readonly number[];
  /** Exit codes after which another start would end the same way: given up at once. */
  readonly hopelessExitCodes: readonly number[];
  /** Options of Node for this process, beside our own. */
  readonly nodeOptions: readonly string[];
}

export type ChildEvent =
  | { readonly kind: 'healthy'; readonly pid: number }
  | { readonly kind: 'crashed'; readonly reason: string; readonly restartInMs: number }
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'gave-up'; readonly reason: string }
  | { readonly kind: 'message'; readonly message: unknown };

export interface ChildOptions {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rules: RestartRules;
  readonly onEvent: (event: ChildEvent) => void;
}

const POLL_STARTING_MS = 20;
const POLL_RUNNING_MS = 2_000;
/** A loaded machine answers late; a hung process never does. */
const MISSES_MAX = 8;

export class ManagedChild {
  readonly spec: ChildSpec;
  readonly #options: ChildOptions;
  readonly #budget: RestartBudget;
  #process: ChildProcess | null = null;
  #isStopping = false;
  #restart: NodeJS.Timeout | null = null;

  constructor(spec: ChildSpec, options: ChildOptions) {
    this.spec = spec;
    this.#options = options;
    this.#budget = new RestartBudget(options.rules);
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  start(): void {
    this.#restart = null;
    if (this.#isStopping) return;
    const log = openLog(this.#options.dataDir, this.spec.name);
    const child = fork(this.spec.entry, [], {
      env: this.#options.env,
      execArgv: [...process.execArgv, ...this.spec.nodeOptions],
      stdio: ['ignore', log, log, 'ipc'],
      serialization: 'json',
    });
    closeSync(log);
    this.#process = child;
    child.on('message', (message) => this.#options.onEvent({ kind: 'message', message }));
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => this.#onExit(code, signal));
    void this.#watch(child);
  }

  /** SIGTERM, then SIGKILL after the grace. Resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#process;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(timer);
  }

  kill(): void {
    this.#isStopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    this.#process?.kill('SIGKILL');
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#process = null;
    if (this.#isStopping) return;
    if (code !== null && this.spec.finalExitCodes.includes(code)) {
      return this.#options.onEvent({ kind: 'ended', exitCode: code });
    }
    const reason = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    if (code !== null && this.spec.hopelessExitCodes.includes(code)) {
      return this.#options.onEvent({ kind: 'gave-up', reason });
    }
    const restartInMs = this.#budget.afterCrash(performance.now());
    if (restartInMs === null) {
      return this.#options.onEvent({ kind: 'gave-up', reason: `${reason}, after ${this.#budget.description}` });
    }
    this.#restart = setTimeout(() => this.start(), restartInMs);
    this.#options.onEvent({ kind: 'crashed', reason, restartInMs });
  }

  /** Until this process is gone: waits for its first healthy answer, then counts missed ones. */
  async #watch(child: ChildProcess): Promise<void> {
    const isCurrent = () => this.#process === child && !this.#isStopping;
    const giveUpMs = performance.now() + this.spec.startTimeoutMs;
    while (isCurrent() && !(await isHealthy(this.spec.healthUrl))) {
      if (performance.now() > giveUpMs) return void child.kill('SIGKILL');
      await pause(POLL_STARTING_MS);
    }
    if (!isCurrent()) return;
    this.#options.onEvent({ kind: 'healthy', pid: child.pid ?? 0 });
    for (let misses = 0; isCurrent() && misses < MISSES_MAX; ) {
      await pause(POLL_RUNNING_MS);
      misses = (await isHealthy(this.spec.healthUrl)) ? 0 : misses + 1;
    }
    if (isCurrent()) child.kill('SIGKILL');
  }
}

/** Unreferenced: a watch keeps no stopped supervisor alive. */
function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs).unref());
}
