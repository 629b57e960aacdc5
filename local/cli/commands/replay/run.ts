/**
 * What `jules replay` does: a stack of its own in a temporary folder, one JSON object or a table at the end.
 */

import { resolve } from 'node:path';
import { minuteName } from '../../../../shared/domain/calendar/exchange-time.ts';
import type { StackFile } from '../../../../shared/runtime/stack-file.ts';
import type { PaceConfig } from '../../../../shared/ports/stack-status.ts';
import { seedSecrets } from '../../../deploy/seed-secrets.ts';
import type { EmulatorName } from '../../../deploy/targets.ts';
import { EXIT_FAILED, EXIT_OK } from '../../../problem.ts';
import type { Stack, StackEvent } from '../../../stack/stack.ts';
import { backtestWith } from '../backtest/run.ts';
import { firstDifference, type LedgerDifference } from './compare-ledgers.ts';
import type { CliContext } from '../../context.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { dailyBarsOf } from '../../options/daily-bars.ts';
import { type InputNotes, openRecordedRun } from '../../options/recorded-run.ts';
import { type PlayedRun, playReplay } from './stack.ts';
import { openReplayTarget, type ReplayTarget } from './target.ts';
import { type RunOptions, runConfigOf, sessionsOf } from '../../options/run-options.ts';
import { printRun } from '../../shell/run-table.ts';
import { askPage } from '../../shell/page-snapshot.ts';
import { watchProgress } from '../../shell/session-progress.ts';
import { watchStopSignals } from '../../shell/signals.ts';
import { planStack } from '../../../stack/stack-plan.ts';
import { latencyOf } from '../../reach/stored-run.ts';
import type { Terminal } from '../../shell/terminal.ts';

export interface ReplayOptions extends RunOptions {
  readonly speed: PaceConfig;
  readonly keep?: boolean;
  readonly compare?: boolean;
  readonly timing: StackFile['stage'];
  /** Of an earlier deploy; without one the queues and functions are those of the host. */
  readonly target?: EmulatorName;
  /** The data folder that remembers the target. */
  readonly data?: string;
}

export async function runReplay(options: ReplayOptions, context: CliContext): Promise<number> {
  const target = options.target === undefined ? null : await openReplayTarget(options.target, options.data, context);
  const { file, notes } = await planReplay(options, target, context);
  const rows: string[] = [];
  const run = await playWatched(
    { options, context, file, target },
    options.compare ? (row) => rows.push(row) : undefined,
  );
  const comparison = options.compare ? compare(options, context, rows, run) : null;
  print(options, context, { ...run, notes }, comparison);
  return comparison === null || comparison.equal ? EXIT_OK : EXIT_FAILED;
}

/** Throws Problem before anything is started when the bars cannot be read. */
async function planReplay(
  options: ReplayOptions,
  target: ReplayTarget | null,
  { terminal }: CliContext,
): Promise<{ readonly file: StackFile; readonly notes: InputNotes }> {
  const { warnings } = dailyBarsOf({ ...options, sessions: sessionsOf(options) });
  for (const text of warnings) terminal.note(`warning: ${text}`);
  const recorded = openRecordedRun(options);
  // Reading them all now says here, and not in the middle of the run, what cannot be played.
  for (const _ of recorded.sessions);
  const file = await planStack({
    kind: 'replay',
    config: runConfigOf(options),
    source: { kind: 'csv', barsDir: resolve(options.bars), sessions: recorded.dates },
    clock: options.speed,
    stage: target?.stage ?? options.timing,
    ...(target && { messaging: target.messaging }),
    pagePort: null,
  });
  return { file: { ...file, ports: { ...file.ports, ...target?.ports } }, notes: recorded.notes() };
}

interface Replay {
  readonly options: ReplayOptions;
  readonly context: CliContext;
  readonly file: StackFile;
  readonly target: ReplayTarget | null;
}

async function playWatched(
  { options, context: { terminal, env }, file, target }: Replay,
  onRow: ((row: string) => void) | undefined,
): Promise<PlayedRun> {
  let stopProgress = (): void => undefined;
  const signals = watchStopSignals(() => process.exit(EXIT_FAILED));
  try {
    return await playReplay({
      file,
      driver: postgresDriver(options.daily ?? null, options.symbols),
      env,
      keep: options.keep === true,
      stopped: signals.first,
      ...(onRow && { onRow }),
      ...(target && { beforeGateway: (stack: Stack) => seedSecrets(target.place, stack.secrets) }),
      onEvent: (event) => noteCrash(event, terminal),
      onReady: (stack) => {
        if (terminal.canAsk) stopProgress = watchProgress(askPage(stack.url), terminal, { isFresh: true });
      },
    });
  } finally {
    stopProgress();
    signals.dispose();
  }
}

function noteCrash(event: StackEvent, terminal: Terminal): void {
  if (event.kind === 'crashed') terminal.note(`warning: ${event.name} ${event.reason}; starting it again`);
  if (event.kind === 'gave-up') terminal.note(`error: ${event.name} ${event.reason}`);
}

interface Comparison {
  readonly equal: boolean;
  readonly backtestHash: string | null;
  readonly firstDifference: LedgerDifference | null;
}

function compare(options: ReplayOptions, context: CliContext, rows: readonly string[], run: PlayedRun): Comparison {
  const expected: string[] = [];
  const { summary } = backtestWith(options, context, (row) => expected.push(row));
  return {
    equal: summary.ledgerHash === run.summary.ledgerHash,
    backtestHash: summary.ledgerHash,
    firstDifference: firstDifference(rows, expected),
  };
}

function print(
  { json }: ReplayOptions,
  { terminal }: CliContext,
  run: PlayedRun & { readonly notes: InputNotes },
  comparison: Comparison | null,
): void {
  const times = { latencyMs: latencyOf(run.latency), wallMs: Math.round(run.wallMs) };
  const result = { ...run.summary, ...run.notes, ...times };
  const kept = run.dataDir === null ? {} : { dataDir: run.dataDir };
  if (json) {
    terminal.out(JSON.stringify({ ...result, ...(comparison && { compare: comparison }), ...kept }));
    return;
  }
  printRun(terminal, result);
  if (comparison !== null) terminal.out(comparisonLine(comparison));
  if (run.dataDir !== null)
    terminal.note(
      `kept in ${run.dataDir}: ./jules why ORDER --data ${run.dataDir} explains an order, ` +
        `./jules start --data ${run.dataDir} shows its page`,
    );
}

function comparisonLine({ equal, backtestHash, firstDifference: at }: Comparison): string {
  if (equal) return 'the backtest gives the same ledger hash';
  if (at === null) return `the backtest gives ${backtestHash}: every row is equal, so the inputs differ`;
  const where = at.minute === null ? 'outside any session' : `${at.session}, ${minuteName(at.minute)}`;
  return `the backtest gives ${backtestHash}; first difference: ${where}\n  replay   ${at.replay}\n  backtest ${at.backtest}`;
}
