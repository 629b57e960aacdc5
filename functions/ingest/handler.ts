/**
 * Ingest: a minute in as the gateway has judged it, its good bars out. Stores them, and keeps beside them what was
 * refused and what did not come.
 *
 * It judges nothing and remembers nothing: the gateway sees every minute, ingest may miss one that is in quarantine.
 */

import { type BarsReadyData, barsReadyV1 } from '../../shared/contracts/bars-ready.v1.ts';
import type { Envelope } from '../../shared/contracts/envelope.ts';
import { cleanBars } from '../../shared/contracts/minute-conversions.ts';
import { minuteId } from '../../shared/contracts/minute-ids.ts';
import { type JudgedBar, type MinuteData, minuteV2 } from '../../shared/contracts/minute.v2.ts';
import { type MinuteFrame, PRESENT } from '../../shared/domain/market/frame.ts';
import { FAULT, HARD_FAULTS } from '../../shared/domain/quality/faults.ts';
import { storedBar } from '../../shared/domain/quality/stored-bar.ts';
import { assert } from '../../shared/domain/units/units.ts';
import { type HandlerContext, type MessageDraft, route, type Route } from '../../shared/ports/handler.ts';
import type { BarRow, QualityRow } from '../../shared/ports/repositories/market.ts';
import type { Feeds } from '../../shared/ports/repositories/runs.ts';
import { refuseContradiction, refuseLate } from '../../shared/runtime/minute-guards.ts';
import { judgedFrame } from './judged-frame.ts';

export function createIngest(): readonly Route[] {
  return [route(minuteV2, take, { alwaysAnswers: true })];
}

async function take({ runId, data }: Envelope<MinuteData>, context: HandlerContext): Promise<readonly MessageDraft[]> {
  const { repositories } = context;
  const [config, feeds] = await Promise.all([
    repositories.runs.find(runId),
    repositories.runs.feeds({ runId, session: data.session }),
    refuseLate(runId, data, repositories),
  ]);
  assert(config !== null, `run ${runId} is recorded before its first minute`);
  refuseContradiction(config, { ...data, symbols: data.bars.map(({ symbol }) => symbol) });
  assert(feeds.size === data.bars.length, `the feeds of session ${data.session} are on record before its minutes`);
  const frame = judgedFrame(data.bars);
  await store(data, frame, feeds, context);
  return [barsReady(runId, data, frame)];
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

function qualityRow(data: MinuteData, bar: JudgedBar, faults: number): QualityRow {
  const hard = (faults & HARD_FAULTS) !== 0;
  return { symbol: bar.symbol, openMs: data.openMs, faults, hard, raw: JSON.stringify(asDelivered(bar)) };
}

function asDelivered(bar: JudgedBar): object {
  if (bar.status === 'missing') return bar;
  const { verdict: _, ...delivered } = bar;
  return delivered;
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
