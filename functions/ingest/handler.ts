/**
 * Ingest: a raw minute in, a judged minute out. Scores quality, stores good bars, keeps what it refused beside them.
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
import type { BarRow, QualityRow, Repositories } from '../../shared/ports/repositories.ts';
import { rebuildQuality } from './rebuild.ts';

/** The stage as it stands before `nextMinute` of one session of one run. */
interface Fold {
  readonly config: RunConfig;
  readonly session: number;
  readonly nextMinute: number;
  readonly stage: QualityStage;
}

export function createIngest(): readonly Route[] {
  let cache: Fold | null = null;
  return [
    route(minuteV1, async (message, context) => {
      const { runId, data } = message;
      const fold = await foldBefore(isNext(cache, runId, data) ? cache : null, runId, data, context.repositories);
      // Until the commit nobody may build on it: a rolled-back minute comes again.
      cache = null;
      const { stage } = fold;
      const frame = new MinuteFrame(data.bars.length);
      readRawBars(data.bars, frame);
      stage.step(frame);
      await store(data, frame, context);
      context.afterCommit(() => {
        cache = { ...fold, nextMinute: data.minuteIndex + 1 };
      });
      return [barsReady(runId, data, frame)];
    }),
  ];
}

function isNext(cache: Fold | null, runId: string, data: MinuteData): cache is Fold {
  return cache?.config.runId === runId && cache.session === data.session && cache.nextMinute === data.minuteIndex;
}

/** Throws RefusedMessageError when the minute is none of its run, or comes too late. */
async function foldBefore(
  known: Fold | null,
  runId: string,
  data: MinuteData,
  repositories: Repositories,
): Promise<Fold> {
  const config = known?.config ?? (await repositories.runs.find(runId));
  assert(config !== null, `run ${runId} is recorded before its first minute`);
  refuseContradiction(config, { ...data, symbols: data.bars.map(({ symbol }) => symbol) });
  if (known !== null) return known;
  await refuseLate(runId, data, repositories);
  const stage = await rebuildQuality(runId, data, repositories);
  return { config, session: data.session, nextMinute: data.minuteIndex, stage };
}

async function store(data: MinuteData, frame: MinuteFrame, { repositories }: HandlerContext): Promise<void> {
  const good: BarRow[] = [];
  const faulty: QualityRow[] = [];
  data.bars.forEach((bar, s) => {
    const faults = frame.faults[s]!;
    if (faults !== 0) faulty.push(qualityRow(data, bar, faults));
    if (frame.status[s] === PRESENT) good.push(barRow(data, bar.symbol, frame, s));
  });
  if (good.length > 0) await repositories.bars.upsert(data.feed, good);
  if (faulty.length > 0) await repositories.bars.recordQuality(data.feed, faulty);
}

/** A volume that is no count of shares is stored as 0; the bar's quality row keeps what was delivered. */
function barRow(data: MinuteData, symbol: string, frame: MinuteFrame, s: number): BarRow {
  return {
    symbol,
    openMs: data.openMs,
    openE4: frame.openE4[s]!,
    highE4: frame.highE4[s]!,
    lowE4: frame.lowE4[s]!,
    closeE4: frame.closeE4[s]!,
    volume: (frame.faults[s]! & FAULT.VOLUME_INVALID) === 0 ? frame.volume[s]! : 0,
    fillableVolume: frame.fillableVolume[s]!,
    faults: frame.faults[s]!,
  };
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
