/**
 * Signal: a judged minute in, what the policy wants of each symbol out, sized.
 *
 * The state is a fold over the session's bars and fills; memory is only a cache of it, rebuilt from what was stored.
 * Positions come from the fills that travel with the minutes.
 */

import type { ActInput } from '../../shared/contracts/act.v1.ts';
import { type BarsReadyData, barsReadyV1 } from '../../shared/contracts/bars-ready.v1.ts';
import type { Envelope } from '../../shared/contracts/envelope.ts';
import { readCleanBars, symbolSignals } from '../../shared/contracts/minute-conversions.ts';
import { minuteId } from '../../shared/contracts/minute-ids.ts';
import { actInput } from '../../shared/contracts/policy-conversions.ts';
import { type SignalData, signalV1 } from '../../shared/contracts/signal.v1.ts';
import { featureSchemaHash } from '../../shared/domain/ledger/ledger.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { SignalFrame } from '../../shared/domain/sizing/signal-stage.ts';
import { assert } from '../../shared/domain/units/units.ts';
import { type HandlerContext, type MessageDraft, route, type Route } from '../../shared/ports/handler.ts';
import { refuseContradiction, refuseLate } from '../../shared/runtime/minute-guards.ts';
import { SessionFold } from '../../shared/runtime/session-fold.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';
import { type Runner, RunnerError } from '../../shared/ports/runner.ts';
import { rebuildSignal, type SignalFold } from './rebuild.ts';

const RUNNER_TRIES_MAX = 20;
const RUNNER_RETRY_DELAY_MS = 100;

export function createSignal(deps: { readonly runner: Runner }): readonly Route[] {
  const folds = new SessionFold<SignalFold>('signal');
  return [
    route(barsReadyV1, (message, context) => take(message, context, { folds, runner: deps.runner }), {
      alwaysAnswers: true,
    }),
  ];
}

async function take(
  { runId, data }: Envelope<BarsReadyData>,
  context: HandlerContext,
  { folds, runner }: { readonly folds: SessionFold<SignalFold>; readonly runner: Runner },
): Promise<readonly MessageDraft[]> {
  const fold = await folds.open(runId, context, {
    // The first minute of a session is rebuilt as any other that memory was not made for: a session begins with the
    // closing account of the previous one.
    fits: ({ session, nextMinute }) => session === data.session && nextMinute === data.minuteIndex,
    guard: () => refuseLate(runId, data, context.repositories),
    load: () => loadFold(runId, data, context.repositories),
  });
  refuseOther(fold.config, data);
  const signal = await decide(fold, data, (input) => ask(runner, fold.config, input, context));
  fold.nextMinute += 1;
  if (fold.nextMinute === data.minutes) await keepVolumes(fold, context.repositories);
  return [draft(runId, signal)];
}

/** The sessions to come begin with them instead of with all bars of this one. */
async function keepVolumes({ runId, session, config, stage }: SignalFold, { volumes }: Repositories): Promise<void> {
  const bySymbol = stage.sessionVolumes();
  await volumes.add(
    runId,
    session,
    config.symbols.map((symbol, s) => ({ symbol, volumes: bySymbol[s]! })),
  );
}

async function loadFold(runId: string, data: BarsReadyData, repositories: Repositories): Promise<SignalFold> {
  const config = await repositories.runs.find(runId);
  assert(config !== null, `run ${runId} is recorded before its first minute`);
  refuseOther(config, data);
  return rebuildSignal(config, data, repositories);
}

/** Throws RefusedMessageError when the minute contradicts its run. */
function refuseOther(config: RunConfig, data: BarsReadyData): void {
  refuseContradiction(config, { ...data, symbols: data.bars.map(({ symbol }) => symbol) });
}

async function decide(
  fold: SignalFold,
  data: BarsReadyData,
  askPolicy: (input: ActInput) => Promise<readonly number[]>,
): Promise<SignalData> {
  const { stage, account, config } = fold;
  const frame = new MinuteFrame(config.symbols.length);
  readCleanBars(data.bars, frame);
  for (const fill of data.fills) account.applyFill(fill, config.symbols.indexOf(fill.symbol));
  account.mark(frame);
  stage.update(data.minuteIndex, frame);
  const input = actInput(stage.observe(account));
  const signals = new SignalFrame(config.symbols.length);
  signals.actions.set(await askPolicy(input));
  stage.size(frame, account, signals);
  return signalData(data, config, input, signals);
}

/** A runner that is away is asked again: only a live source may hold instead, and this one waits for its decision. */
async function ask(
  runner: Runner,
  config: RunConfig,
  input: ActInput,
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

function signalData(data: BarsReadyData, config: RunConfig, input: ActInput, signals: SignalFrame): SignalData {
  const { session, minuteIndex, minutes, openMs, fills, closed } = data;
  return {
    session,
    minuteIndex,
    minutes,
    openMs,
    policy: config.policy,
    ready: input.ready,
    observation: [...input.observation],
    signals: symbolSignals(signals, config.symbols),
    fills,
    closed,
  };
}

function draft(runId: string, data: SignalData): MessageDraft<SignalData> {
  const id = minuteId('signal', runId, data);
  return { queue: 'signals', contract: signalV1, id, occurredAt: data.openMs, data };
}
