/**
 * One child process under supervision: forked with an open IPC channel (so that it ends when we die), watched by its
 * health route, started again with back-off after a crash, killed and started again when it stops answering.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { logSince, openLog } from './log-files.ts';
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
  /** Folders with files that it serves as they are, absolute. */
  readonly assetDirs: readonly string[];
}

export type ChildEvent =
  | { readonly kind: 'healthy'; readonly pid: number }
  | { readonly kind: 'crashed'; readonly reason: string; readonly restartInMs: number }
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'gave-up'; readonly reason: string }
  /** Its code does not run; it waits for `restart`. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'message'; readonly message: unknown };

export interface ChildOptions {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rules: RestartRules;
  readonly onEvent: (event: ChildEvent) => void;
  /**
   * Given where the code changes while the stack runs: the error of our code in what a process wrote, or null. A process
   * that ends by such an error is not started again until `restart`.
   */
  readonly codeProblem?: (output: string) => string | null;
}

/** Of every process. Those of whoever started us are theirs: with `node -e` a child would run that script again. */
const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning'];
const POLL_STARTING_MS = 20;
const POLL_RUNNING_MS = 2_000;
/** A loaded machine answers late; a hung process never does. */
const MISSES_MAX = 8;

export class ManagedChild {
  readonly spec: ChildSpec;
  readonly #options: ChildOptions;
  readonly #budget: RestartBudget;
  #process: ChildProcess | null = null;
  /** The process that was asked to end, so that its end is not a crash. */
  #leaving: ChildProcess | null = null;
  #hasStarted = false;
  #hasAnswered = false;
  #logStart = 0;
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
    if (this.#isStopping || this.#process !== null) return;
    this.#hasStarted = true;
    this.#hasAnswered = false;
    const log = openLog(this.#options.dataDir, this.spec.name);
    this.#logStart = fstatSync(log).size;
    const child = fork(this.spec.entry, [], {
      env: this.#options.env,
      execArgv: [...NODE_OPTIONS, ...this.spec.nodeOptions],
      stdio: ['ignore', log, log, 'ipc'],
      serialization: 'json',
    });
    closeSync(log);
    this.#process = child;
    child.on('message', (message) => this.#options.onEvent({ kind: 'message', message }));
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => this.#onExit(child, code, signal));
    void this.#watch(child);
  }

  /** From here on its end is no crash, whoever ends it, and it is not started again. */
  expectEnd(): void {
    this.#isStopping = true;
    if (this.#restart) clearTimeout(this.#restart);
  }

  /** SIGTERM, then SIGKILL after the grace. Resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    this.expectEnd();
    await this.#end(graceMs);
  }

  /** Starts the process again from the files as they are now; does nothing before its first start. */
  async restart(graceMs: number): Promise<void> {
    if (!this.#hasStarted) return;
    await this.#end(graceMs);
    this.start();
  }

  async #end(graceMs: number): Promise<void> {
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#process;
    if (!child) return;
    this.#leaving = child;
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

  #onExit(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    this.#process = null;
    if (this.#isStopping || this.#leaving === child) return;
    if (code !== null && this.spec.finalExitCodes.includes(code)) {
      return this.#options.onEvent({ kind: 'ended', exitCode: code });
    }
    const reason = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    if (code !== null && this.spec.hopelessExitCodes.includes(code)) {
      return this.#options.onEvent({ kind: 'gave-up', reason });
    }
    if (code !== null && this.#isBroken()) {
      return this.#options.onEvent({ kind: 'broken', reason: this.#codeProblem() ?? reason });
    }
    const restartInMs = this.#budget.afterCrash(performance.now());
    if (restartInMs === null) {
      const kind = this.#options.codeProblem === undefined ? 'gave-up' : 'broken';
      return this.#options.onEvent({ kind, reason: `${reason}, after ${this.#budget.description}` });
    }
    this.#restart = setTimeout(() => this.start(), restartInMs);
    this.#options.onEvent({ kind: 'crashed', reason, restartInMs });
  }

  /** Whether only changed code can help a process that ended by itself. */
  #isBroken(): boolean {
    if (this.#options.codeProblem === undefined) return false;
    return !this.#hasAnswered || this.#codeProblem() !== null;
  }

  #codeProblem(): string | null {
    const { dataDir, codeProblem } = this.#options;
    return codeProblem?.(logSince(dataDir, this.spec.name, this.#logStart)) ?? null;
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
    this.#hasAnswered = true;
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
