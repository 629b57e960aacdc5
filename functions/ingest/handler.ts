/**
 * Ingest: a raw minute in, a judged minute out. Scores quality, stores good bars, keeps beside them what it refused and
 * what did not come.
 *
 * Quality is a fold over the session's minutes; memory is only a cache of it, rebuilt from what was stored.
 */

import { type BarsReadyData, barsReadyV1 } from '../../shared/contracts/bars-ready.v1.ts';
import { cleanBars, readRawBars } from '../../shared/contracts/minute-conversions.ts';
import { minuteId } from '../../shared/contracts/minute-ids.ts';
import { type MinuteData, minuteV1, type RawBar } from '../../shared/contracts/minute.v1.ts';
import { MinuteFrame, PRESENT } from '../../shared/domain/market/frame.ts';
import { FAULT, HARD_FAULTS } from '../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../shared/domain/quality/quality.ts';
import type { RunConfig } from '../../shared/domain/run/run-config.ts';
import { assert } from '../../shared/domain/units/units.ts';
import { type HandlerContext, type MessageDraft, route, type Route } from '../../shared/ports/handler.ts';
import { refuseContradiction, refuseLate } from '../../shared/runtime/minute-guards.ts';
import { SessionFold } from '../../shared/runtime/session-fold.ts';
import type { BarRow, QualityRow } from '../../shared/ports/repositories/market.ts';
import type { Repositories } from '../../shared/ports/repositories.ts';
import type { Feeds } from '../../shared/ports/repositories/runs.ts';
import { rebuildQuality } from './rebuild.ts';
import { storedBar } from '../../shared/domain/quality/stored-bar.ts';

/** The stage as it is before `nextMinute` of one session of one run. */
interface Fold {
  readonly config: RunConfig;
  readonly session: number;
  readonly stage: QualityStage;
  nextMinute: number;
}

export function createIngest(): readonly Route[] {
  const folds = new SessionFold<Fold>('ingest');
  return [
    route(minuteV1, async (message, context) => {
      const { runId, data } = message;
      const opening = folds.open(runId, context, {
        fits: ({ session, nextMinute }) => session === data.session && nextMinute === data.minuteIndex,
        guard: () => refuseLate(runId, data, context.repositories),
        load: () => loadFold(runId, data, context.repositories),
      });
      // Read with each minute: the gateway gives a session other ones when it goes on without a minute.
      const reading = context.repositories.runs.feeds({ runId, session: data.session });
      const [fold, feeds] = await Promise.all([opening, reading]);
      refuseOther(fold.config, data);
      assert(feeds.size === data.bars.length, `the feeds of session ${data.session} are on record before its minutes`);
      const frame = new MinuteFrame(data.bars.length);
      readRawBars(data.bars, frame);
      fold.stage.step(frame);
      fold.nextMinute += 1;
      await store(data, frame, feeds, context);
      return [barsReady(runId, data, frame)];
    }),
  ];
}

async function loadFold(runId: string, data: MinuteData, repositories: Repositories): Promise<Fold> {
  const config = await repositories.runs.find(runId);
  assert(config !== null, `run ${runId} is recorded before its first minute`);
  refuseOther(config, data);
  const { session, minuteIndex } = data;
  const stage = await rebuildQuality(runId, data, repositories);
  return { config, session, nextMinute: minuteIndex, stage };
}

/** Throws RefusedMessageError when the minute contradicts its run. */
function refuseOther(config: RunConfig, data: MinuteData): void {
  refuseContradiction(config, { ...data, symbols: data.bars.map(({ symbol }) => symbol) });
}

async function store(
  data: MinuteData,
  frame: MinuteFrame,
  feeds: Feeds,
  { repositories }: HandlerContext,
): Promise<void> {
  const good: BarRow[] = [];
  const faulty: QualityRow[] = [];
  data.bars.forEach((bar, s) => {
    const faults = bar.status === 'missing' ? FAULT.MISSING : frame.faults[s]!;
    if (faults !== 0) faulty.push(qualityRow(data, bar, faults));
    if (frame.status[s] === PRESENT) good.push(storedBar(frame, s, bar.symbol, data.openMs));
  });
  if (good.length > 0) await repositories.bars.add(feeds, good);
  if (faulty.length > 0) await repositories.bars.addQuality(feeds, faulty);
}

function qualityRow(data: MinuteData, bar: RawBar, faults: number): QualityRow {
  const hard = (faults & HARD_FAULTS) !== 0;
  return { symbol: bar.symbol, openMs: data.openMs, faults, hard, raw: JSON.stringify(bar) };
}

function barsReady(runId: string, data: MinuteData, frame: MinuteFrame): MessageDraft<BarsReadyData> {
  const { session, minuteIndex, minutes, openMs, feed, fills, closed } = data;
  const symbols = data.bars.map((bar) => bar.symbol);
  return {
    queue: 'bars-ready',
    contract: barsReadyV1,
    id: minuteId('bars-ready', runId, data),
    occurredAt: openMs,
    data: { session, minuteIndex, minutes, openMs, feed, bars: cleanBars(frame, symbols), fills, closed },
  };
}
