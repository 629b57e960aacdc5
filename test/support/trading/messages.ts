/**
 * Valid messages between gateway and functions; a test names only what it is about.
 */

import { type BarsReadyData, barsReadyV1 } from '../../../shared/contracts/bars-ready.v1.ts';
import { type CommandData, commandId, commandV2 } from '../../../shared/contracts/command.v2.ts';
import { type DecisionData, decisionV2 } from '../../../shared/contracts/decision.v2.ts';
import type { Envelope, EventContract } from '../../../shared/contracts/envelope.ts';
import { type JudgedBar, type MinuteData, minuteV2, type RawBar } from '../../../shared/contracts/minute.v2.ts';
import { type ParkedData, parkedV1 } from '../../../shared/contracts/parked.v1.ts';
import { type PulseData, pulseV1 } from '../../../shared/contracts/pulse.v1.ts';
import { type SignalData, signalV1 } from '../../../shared/contracts/signal.v1.ts';
import { firstEnvelope } from '../../../shared/runtime/seal-message.ts';
import { SESSION } from '../core/core.ts';

const MINUTE_MS = 60_000;
const RUN_ID = 'run-1';

type SymbolSignal = SignalData['signals'][number];

/** $100 and quiet. */
export function rawBar(
  symbol: string,
  overrides: Partial<Extract<RawBar, { status: 'bar' }>> = {},
): Extract<RawBar, { status: 'bar' }> {
  const priceE4 = overrides.closeE4 ?? 1_000_000;
  const prices = { openE4: priceE4, highE4: priceE4, lowE4: priceE4, closeE4: priceE4 };
  return { symbol, status: 'bar', ...prices, volume: 10_000, faults: [], ...overrides };
}

/** Judged good, unless said otherwise. */
export function judgedBar(
  symbol: string,
  overrides: Partial<Extract<JudgedBar, { status: 'bar' }>> = {},
): Extract<JudgedBar, { status: 'bar' }> {
  const { verdict, ...delivered } = overrides;
  const bar = rawBar(symbol, delivered);
  return { ...bar, verdict: verdict ?? { faults: 0, fillableVolume: bar.volume ?? 0 } };
}

/** Bars of AAPL and MSFT at $100, at minute 0 unless told otherwise. */
export function minute(overrides: Partial<MinuteData> = {}): Envelope<MinuteData> {
  const address = addressOf(overrides);
  const data: MinuteData = {
    ...address,
    feed: 'csv',
    bars: [judgedBar('AAPL'), judgedBar('MSFT')],
    fills: [],
    closed: [],
    ...overrides,
  };
  return envelope(minuteV2, idOf('minute', data), data);
}

export function barsReady(overrides: Partial<BarsReadyData> = {}): Envelope<BarsReadyData> {
  const prices = { openE4: 1_000_000, highE4: 1_000_000, lowE4: 1_000_000, closeE4: 1_000_000 };
  const bar = (symbol: string) => ({ symbol, present: true as const, ...prices, fillableVolume: 10_000, faults: 0 });
  const data: BarsReadyData = {
    ...addressOf(overrides),
    feed: 'csv',
    bars: [bar('AAPL'), bar('MSFT')],
    fills: [],
    closed: [],
    ...overrides,
  };
  return envelope(barsReadyV1, idOf('bars-ready', data), data);
}

/** HOLD at $100. */
export function symbolSignal(symbol: string, overrides: Partial<SymbolSignal> = {}): SymbolSignal {
  return {
    symbol,
    present: true,
    markE4: 1_000_000,
    faults: 0,
    action: 1,
    entryQuantity: 0,
    limitPriceE4: 0,
    correlated: false,
    ...overrides,
  };
}

/** BUY of five shares at $100 with the collar. */
export function buySignal(symbol: string, overrides: Partial<SymbolSignal> = {}): SymbolSignal {
  return symbolSignal(symbol, { action: 2, entryQuantity: 5, limitPriceE4: 1_002_000, ...overrides });
}

export function signal(overrides: Partial<SignalData> = {}): Envelope<SignalData> {
  const data: SignalData = {
    ...addressOf(overrides),
    policy: 'rule',
    ready: false,
    observation: [],
    signals: [symbolSignal('AAPL'), symbolSignal('MSFT')],
    fills: [],
    closed: [],
    ...overrides,
  };
  return envelope(signalV1, idOf('signal', data), data);
}

/** Minute 0 with good bars at $100, every copy parked at ingest. */
export function parked(overrides: Partial<ParkedData> = {}): Envelope<ParkedData> {
  const closes = ['AAPL', 'MSFT'].map((symbol) => ({ symbol, closeE4: 1_000_000 }));
  const why = { parkedIn: 'minutes.fifo', reason: 'schema in data.bars' };
  const data: ParkedData = { ...addressOf(overrides), ...why, closes, fills: [], closed: [], ...overrides };
  return envelope(parkedV1, idOf('parked', data), data);
}

/** HOLD of an account that never traded. */
export function decision(overrides: Partial<DecisionData> = {}): Envelope<DecisionData> {
  const data: DecisionData = {
    ...addressOf(overrides),
    cause: 'minute',
    state: 'ACTIVE',
    causes: [],
    equityE4: 25_000_000,
    symbols: [],
    orders: [],
    cancels: [],
    ...overrides,
  };
  return envelope(decisionV2, idOf('decision', data), data);
}

export interface Said {
  readonly command?: CommandData['command'];
  readonly cause?: 'OPERATOR_HALT' | 'AUDIT_FAILED';
  readonly acceptAudit?: string | null;
  readonly operator?: string;
  readonly reason?: string;
  readonly issuedAtMs?: number;
}

/** A halt by ada, for lunch, unless said otherwise. */
export function command(said: Said = {}): Envelope<CommandData> {
  const { reason = 'lunch', operator = 'ada', issuedAtMs = SESSION.openMs + 1_000 } = said;
  const given = { reason, operator, issuedAtMs };
  const data = commandOf(said, given);
  return envelope(commandV2, commandId(RUN_ID, data), data);
}

function commandOf(
  { command: name = 'halt', cause = 'OPERATOR_HALT', acceptAudit = null }: Said,
  given: { reason: string; operator: string; issuedAtMs: number },
): CommandData {
  if (name === 'halt') return { command: name, cause, ...given };
  return name === 'arm' ? { command: name, acceptAudit, ...given } : { command: name, ...given };
}

export function pulse(overrides: Partial<PulseData> = {}): Envelope<PulseData> {
  const data: PulseData = {
    ...addressOf(overrides),
    sequence: 0,
    sentAtMs: SESSION.openMs + 30_000,
    feedAgeMs: 500,
    feedState: 'live',
    runnerState: 'up',
    ...overrides,
  };
  return envelope(pulseV1, `pulse/${RUN_ID}/${data.sentAtMs}/${data.sequence}`, data);
}

interface Address {
  readonly session?: number;
  readonly minuteIndex?: number;
  readonly minutes?: number;
}

function addressOf({ session = SESSION.date, minuteIndex = 0, minutes = 390 }: Address) {
  return { session, minuteIndex, minutes, openMs: SESSION.openMs + minuteIndex * MINUTE_MS };
}

function idOf(type: string, { session, minuteIndex }: { session: number; minuteIndex: number }): string {
  return `${type}/${RUN_ID}/${session}/${minuteIndex}`;
}

function envelope<Data>(contract: EventContract<Data>, id: string, data: Data): Envelope<Data> {
  return firstEnvelope(contract, { id, runId: RUN_ID, occurredAt: SESSION.openMs }, data);
}
