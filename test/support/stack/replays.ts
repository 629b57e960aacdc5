/**
 * Replays of a test's own, and the undisturbed run through the core that each of them must equal.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { backtestWith } from '../../../local/cli/commands/backtest/run.ts';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { type PlayedRun, playReplay, type ReplayStackOptions } from '../../../local/cli/commands/replay/stack.ts';
import { type RunOptions, runConfigOf, sessionsOf } from '../../../local/cli/options/run-options.ts';
import { planStack } from '../../../local/stack/stack-plan.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import type { PaceConfig } from '../../../shared/ports/stack-status.ts';
import type { MessagingConfig, StackFile } from '../../../shared/runtime/stack-file.ts';
import { fakeTerminal } from './fake-terminal.ts';

interface StackOverrides {
  readonly stage?: StackFile['stage'];
  /** Queues elsewhere than in the host. */
  readonly messaging?: MessagingConfig;
  /** By default as fast as it goes. */
  readonly clock?: PaceConfig;
}

export function runOptions(options: Pick<RunOptions, 'bars' | 'symbols'> & Partial<RunOptions>): RunOptions {
  return {
    policy: 'rule',
    profile: 'basic',
    fees: 'tiered',
    account: 25_000_000,
    seed: 1,
    rearm: 'manual',
    ...options,
  };
}

export async function replay(
  options: RunOptions,
  {
    stage = 'default',
    messaging,
    clock = { kind: 'max' },
    ...hooks
  }: Partial<ReplayStackOptions> & StackOverrides = {},
): Promise<PlayedRun> {
  const file = await planStack({
    kind: 'replay',
    config: runConfigOf(options),
    source: { kind: 'csv', barsDir: options.bars, sessions: sessionsOf(options) },
    clock,
    stage,
    ...(messaging && { messaging }),
    pagePort: null,
  });
  const driver = postgresDriver(options.daily ?? null, options.symbols);
  return playReplay({ file, driver, env: process.env, keep: false, ...hooks });
}

export function undisturbed(options: RunOptions): RunSummary {
  const context = { terminal: fakeTerminal(), env: {}, exit: () => undefined };
  return backtestWith(options, context).summary;
}

/** Resolves when the gateway has come to the minute; it may be dead for a while meanwhile. */
export async function reachedMinute(stack: Stack, minute: number): Promise<void> {
  const url = `http://127.0.0.1:${stack.file.ports.gateway}/healthz`;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    const health = answer === null ? null : ((await answer.json()) as { minuteIndex: number });
    if (health !== null && health.minuteIndex >= minute) return;
    await pause(5);
  }
}
