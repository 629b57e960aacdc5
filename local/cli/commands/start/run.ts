/**
 * What `jules start` does: checks the folder, takes its lock, brings the stack up, says where it is, waits, stops it.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatSessionDate } from '../../../../shared/domain/calendar/session-date.ts';
import { fileURLToPath } from 'node:url';
import { marketText } from '../../../stack/market-text.ts';
import type { StackFile } from '../../../../shared/runtime/stack-file.ts';
import { defaultDataDir, prepareDataDir } from '../../../stack/data-dir.ts';
import { acquireLock, type Lock } from '../../../stack/lock.ts';
import { logPath } from '../../../stack/log-files.ts';
import { pickPagePort } from '../../../stack/ports.ts';
import { EXIT_FAILED, EXIT_OK } from '../../../problem.ts';
import { CODE_ROOT } from '../../../stack/processes.ts';
import { filesOf } from '../../../stack/reload/import-graph.ts';
import { Reload, type ReloadEvent } from '../../../stack/reload/reload.ts';
import { RESTART_RULES } from '../../../stack/restart-budget.ts';
import { Stack, type StackEnd, type StackEvent } from '../../../stack/stack.ts';
import { lastStackFile } from '../../../stack/stack-store.ts';
import { rememberFiles } from '../../../stack/remember-files.ts';
import { checkDailyBars } from '../../options/daily-bars.ts';
import type { StartOptions } from './options.ts';
import { describeHolder, optionTexts } from './running.ts';
import type { CliContext } from '../../context.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { askPage } from '../../shell/page-snapshot.ts';
import { watchProgress } from '../../shell/session-progress.ts';
import { watchStopSignals } from '../../shell/signals.ts';
import { planView } from '../../../stack/stack-plan.ts';
import { planStart, readMarket, type StartMarket } from '../../../stack/start-plan.ts';
import { tokenCommand } from '../../reach/page-client.ts';
import type { Terminal } from '../../shell/terminal.ts';

/** `given`: of the options, those that were typed. */
export async function runStart(
  options: StartOptions,
  given: Partial<StartOptions>,
  context: CliContext,
): Promise<number> {
  // What can be known without the folder is said before anything is made in it.
  const path = options.data ?? defaultDataDir(context.env);
  const market = readMarket(options, path);
  checkDailyBars(options, market, { hasDatabase: existsSync(join(path, 'postgres')) });
  const dataDir = prepareDataDir(path);
  const result = await acquireLock(dataDir, 'start', Date.now(), optionTexts(options));
  if (result.kind === 'held') {
    const asked = { dataDir, asked: optionTexts(given), json: options.json === true };
    return describeHolder(result.holder, asked, context.terminal);
  }
  const putBack = rememberFiles(dataDir);
  try {
    return await startHere({ dataDir, lock: result.lock, market, putBack }, options, context);
  } finally {
    await result.lock.release();
  }
}

interface Here {
  readonly dataDir: string;
  readonly lock: Lock;
  readonly market: StartMarket;
  /** Undoes what a start that came to nothing wrote of its run. */
  readonly putBack: () => void;
}

async function startHere(
  { dataDir, lock, market, putBack }: Here,
  options: StartOptions,
  context: CliContext,
): Promise<number> {
  const talk = new StartTalk(options, context.terminal, dataDir);
  const page = await pickPagePort(options.port ?? null);
  lock.update({ options: { ...optionTexts(options), '--port': String(page.port) } });
  if (page.insteadOf !== null) talk.note(`port ${page.insteadOf} is taken, so the page has port ${page.port}`);
  const last = lastStackFile(dataDir);
  const isViewOnly = last?.kind === 'replay';
  const { file, isNewRun } = isViewOnly
    ? { file: await planView(last, page.port), isNewRun: false }
    : await planStart(options, market, { pagePort: page.port, dataDir });
  if (isViewOnly) talk.note(`the folder holds replay ${last.run.runId}: its page is shown, and nothing trades`);
  const { firstSession, judgeAfter, missing } = market;
  const onAdmitted = (notes: readonly string[]): void => {
    talk.run(file, { isNew: isNewRun, last });
    const skipped = missing.map(
      ({ session, symbols }) => `skipping session ${formatSessionDate(session)}: no row of ${symbols.join(', ')}`,
    );
    for (const text of [...skipped, ...notes]) talk.note(text);
  };
  const run = isViewOnly ? null : { config: file.run, firstSession, judgeAfter, onAdmitted };
  const stack = new Stack({
    dataDir,
    file,
    driver: postgresDriver(options.daily ?? null, file.run.symbols, run),
    rules: RESTART_RULES,
    env: context.env,
    onEvent: (event) => talk.event(event),
    isViewOnly,
    isReloading: options.watch === true,
  });
  const reload = options.watch === true ? reloadOf(stack, talk) : null;
  const signals = watchStopSignals(() => {
    stack.kill();
    process.exit(EXIT_FAILED);
  });
  void stack.pageReady().then(() => {
    lock.update({ url: stack.url });
    talk.page(stack.url);
  });
  try {
    return await runUntilStopped(stack, signals.first, talk);
  } catch (error) {
    if (!isViewOnly && !stack.hasBegun) putBack();
    throw error;
  } finally {
    await reload?.close();
    signals.dispose();
  }
}

function reloadOf(stack: Stack, talk: StartTalk): Reload {
  return new Reload({ root: CODE_ROOT, parts: stack.parts, ownFiles, onEvent: (event) => talk.reload(event) });
}

/** Of this command: what the command line loads for every one, and what this one loads. */
function ownFiles(): ReadonlySet<string> {
  const all = filesOf(join(CODE_ROOT, 'local/cli/main.ts'), { loadsLater: false });
  return new Set([...all, ...filesOf(fileURLToPath(import.meta.url))]);
}

async function runUntilStopped(stack: Stack, signal: Promise<NodeJS.Signals>, talk: StartTalk): Promise<number> {
  const stopped = signal.then((name) => ({ kind: 'signal', name }) as const);
  const started = stack.start().then(() => ({ kind: 'started' }) as const);
  const first = await Promise.race([started, stopped]);
  if (first.kind === 'started') {
    talk.ready(stack);
    const end = await Promise.race([stopped, failureOf(stack.ended, talk)]);
    if (end.kind === 'failed') {
      await talk.stopping('failed', () => stack.stop());
      throw end.problem;
    }
  }
  await talk.stopping('asked', () => stack.stop());
  return EXIT_OK;
}

/** A finished market leaves the page up to be read; only a failure ends the stack. */
async function failureOf(ended: Promise<StackEnd>, talk: StartTalk): Promise<StackEnd & { kind: 'failed' }> {
  const end = await ended;
  if (end.kind === 'failed') return end;
  if (end.kind === 'finished') talk.note('every session has been played; the page stays up until Ctrl-C');
  return new Promise(() => undefined);
}

/** Everything `start` says: lines for people, or one JSON object per event. */
class StartTalk {
  readonly #isJson: boolean;
  readonly #terminal: Terminal;
  readonly #dataDir: string;
  readonly #startedMs = performance.now();
  /** Parts that a change of the code restarts and that have not answered since. */
  readonly #reloading = new Set<string>();
  /** What was said last of code that does not run: several parts may end by one error. */
  #saidBroken = '';
  #stopProgress: () => void = () => undefined;

  constructor(options: StartOptions, terminal: Terminal, dataDir: string) {
    this.#isJson = options.json === true;
    this.#terminal = terminal;
    this.#dataDir = dataDir;
  }

  note(text: string): void {
    if (this.#isJson) this.#emit({ event: 'note', text });
    else this.#terminal.note(text);
  }

  run(file: StackFile, { isNew, last }: { readonly isNew: boolean; readonly last: StackFile | null }): void {
    const { run, source } = file;
    if (this.#isJson) return this.#emit({ event: 'run', runId: run.runId, isNew, dataDir: this.#dataDir });
    const symbols = run.symbols.join(', ');
    this.#terminal.note(`${symbols} · policy ${run.policy} · profile ${run.profile} · ${marketText(source)}`);
    const previous = isNew && last !== null ? `; the previous run ${last.run.runId} stays readable` : '';
    this.#terminal.note(`${isNew ? 'begins' : 'continues'} run ${run.runId} of book ${run.bookId}${previous}`);
  }

  page(url: string): void {
    const tookMs = Math.round(performance.now() - this.#startedMs);
    if (this.#isJson) return this.#emit({ event: 'page', url, tookMs });
    this.#terminal.note(`page   ${this.#terminal.paint('bold', url)} (${tookMs} ms)`);
    this.#terminal.note(`token  ${tokenCommand(this.#dataDir)}, for halt, flatten and arm`);
  }

  ready(stack: Stack): void {
    const tookMs = Math.round(performance.now() - this.#startedMs);
    if (this.#isJson) this.#emit({ event: 'ready', url: stack.url, pids: stack.pids, tookMs });
    else this.#terminal.note(`ready  after ${tookMs} ms; Ctrl-C stops it`);
    if (!this.#isJson) this.#stopProgress = watchProgress(askPage(stack.url), this.#terminal);
  }

  event(event: StackEvent): void {
    if (event.kind === 'message') return;
    if (this.#isJson) return this.#emit({ event: event.kind, ...event });
    const warn = this.#terminal.paint('yellow', 'warning:');
    if (event.kind === 'crashed') {
      this.#terminal.note(
        `${warn} ${event.name} ${event.reason}; starting it again in ${event.restartInMs} ms (log: ${logPath(this.#dataDir, event.name)})`,
      );
    }
    if (event.kind === 'broken') this.#broken(event.name, event.reason);
    if (event.kind === 'healthy' && this.#reloading.delete(event.name))
      this.#terminal.note(`${event.name} is up again`);
  }

  reload(event: ReloadEvent): void {
    if (this.#isJson) return this.#emit({ event: event.kind, ...event });
    const files = 'files' in event ? event.files.join(', ') : '';
    switch (event.kind) {
      case 'restarting':
        for (const name of event.parts) this.#reloading.add(name);
        this.#saidBroken = '';
        return this.#terminal.note(`${files} changed: restarting ${event.parts.join(', ')}`);
      case 'syntax-error':
        return this.#terminal.note(`${this.#terminal.paint('red', 'error:')} ${event.problem}; nothing is restarted`);
      case 'needs-new-start':
        return this.#terminal.note(`${files} changed: Ctrl-C and start again to use it`);
    }
  }

  #broken(name: string, reason: string): void {
    this.#reloading.add(name);
    if (reason === this.#saidBroken) return;
    this.#saidBroken = reason;
    this.#terminal.note(
      `${this.#terminal.paint('red', 'error:')} ${reason}; ${name} starts again when its code changes`,
    );
  }

  /** A run that failed may not continue: the problem behind it says what does. */
  async stopping(why: 'asked' | 'failed', stop: () => Promise<void>): Promise<void> {
    this.#stopProgress();
    this.note(why === 'asked' ? 'stopping; the run continues at the next start' : 'stopping');
    await stop();
    this.note('stopped');
  }

  #emit(event: object): void {
    this.#terminal.out(JSON.stringify(event));
  }
}
