/**
 * Signal: a judged minute in, what the policy wants of each symbol out, sized.
 *
 * The state is a fold over the session's bars and fills; memory is only a cache of it, rebuilt from what was stored.
 * Positions come from the fills that travel with the minutes.
 */

import { type BarsReadyData, barsReadyV1 } from '../../shared/contracts/bars-ready.v1.ts';
import { readCleanBars } from '../../shared/contracts/minute-conversions.ts';
import { minuteId } from '../../shared/contracts/minute-ids.ts';
import { type SignalData, signalV1 } from '../../shared/contracts/signal.v1.ts';
import { featureSchemaHash } from '../../shared/domain/ledger/ledger.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import type { PolicyInput } from '../../shared/domain/policy/policies.ts';
import type { Action } from '../../shared/domain/risk/types.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { SignalFrame } from '../../shared/domain/sizing/signal-stage.ts';
import { assert } from '../../shared/domain/units/units.ts';
import { type HandlerContext, type MessageDraft, route, type Route } from '../../shared/ports/handler.ts';
import { refuseContradiction, refuseLate } from '../../shared/runtime/minute-guards.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';
import { type Runner, RunnerError } from '../../shared/ports/runner.ts';
import { rebuildSignal, type SignalFold } from './rebuild.ts';

const RUNNER_TRIES_MAX = 20;
const RUNNER_RETRY_DELAY_MS = 100;

export function createSignal(deps: { readonly runner: Runner }): readonly Route[] {
  let cache: SignalFold | null = null;
  return [
    route(barsReadyV1, async (message, context) => {
      const { runId, data } = message;
      const fold = await foldBefore(isNext(cache, runId, data) ? cache : null, runId, data, context.repositories);
      // Until the commit nobody may build on it: a rolled-back minute comes again.
      cache = null;
      const signal = await decide(fold, data, (input) => ask(deps.runner, fold.config, input, context));
      context.afterCommit(() => {
        cache = { ...fold, nextMinute: data.minuteIndex + 1 };
      });
      return [draft(runId, signal)];
    }),
  ];
}

/** The first minute of a session is always rebuilt: it begins with the closing account of the one before. */
function isNext(cache: SignalFold | null, runId: string, data: BarsReadyData): cache is SignalFold {
  return cache?.runId === runId && cache.session === data.session && cache.nextMinute === data.minuteIndex;
}

/** Throws RefusedMessageError when the minute is none of its run, or comes too late. */
async function foldBefore(
  known: SignalFold | null,
  runId: string,
  data: BarsReadyData,
  repositories: Repositories,
): Promise<SignalFold> {
  const config = known?.config ?? (await repositories.runs.find(runId));
  assert(config !== null, `run ${runId} is recorded before its first minute`);
  refuseContradiction(config, { ...data, symbols: data.bars.map(({ symbol }) => symbol) });
  if (known !== null) return known;
  await refuseLate(runId, data, repositories);
  return rebuildSignal(config, data, repositories);
}

async function decide(
  fold: SignalFold,
  data: BarsReadyData,
  askPolicy: (input: PolicyInput) => Promise<readonly number[]>,
): Promise<SignalData> {
  const { stage, account, config } = fold;
  const frame = new MinuteFrame(config.symbols.length);
  readCleanBars(data.bars, frame);
  for (const fill of data.fills) account.applyFill(fill, config.symbols.indexOf(fill.symbol));
  account.mark(frame);
  stage.update(data.minuteIndex, frame);
  const input = stage.policyInput(account);
  const signals = new SignalFrame(config.symbols.length);
  signals.actions.set(await askPolicy(input));
  stage.size(frame, account, signals);
  return signalData(data, config, input, signals);
}

/** A runner that is away is asked again: only a live source may hold instead, and this one waits for its decision. */
async function ask(
  runner: Runner,
  config: RunConfig,
  input: PolicyInput,
  { clock, logger }: HandlerContext,
): Promise<readonly number[]> {
  const request = {
    policy: config.policy,
    featureSchemaHash: featureSchemaHash(config.symbols.length),
    inputs: [input],
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const { actions } = await runner.act(request);
      const first = actions[0];
      assert(first !== undefined, 'the runner answers every input');
      return first;
    } catch (error) {
      if (!(error instanceof RunnerError) || !error.retryable || tries === RUNNER_TRIES_MAX) throw error;
      logger.warn({ code: error.code, tries }, 'the runner gave no actions: asking again');
      await clock.sleep(RUNNER_RETRY_DELAY_MS);
    }
  }
}

function signalData(data: BarsReadyData, config: RunConfig, input: PolicyInput, signals: SignalFrame): SignalData {
  const { session, minuteIndex, minutes, openMs, fills, closed } = data;
  return {
    session,
    minuteIndex,
    minutes,
    openMs,
    policy: config.policy,
    ready: input.ready,
    observation: [...input.observation],
    signals: config.symbols.map((symbol, s) => ({
      symbol,
      present: signals.present[s] === 1,
      markE4: signals.markE4[s]!,
      faults: signals.faults[s]!,
      action: signals.actions[s] as Action,
      entryQuantity: signals.entryQuantity[s]!,
      limitPriceE4: signals.limitPriceE4[s]!,
      correlated: signals.correlated[s] === 1,
    })),
    fills,
    closed,
  };
}

function draft(runId: string, data: SignalData): MessageDraft<SignalData> {
  const id = minuteId('signal', runId, data);
  return { queue: 'signals', contract: signalV1, id, occurredAt: data.openMs, data };
}
