/**
 * The reason of a verdict in plain words: the limit, the value that met it, and what would pass.
 *
 * Closed over the verdict codes: a new code does not compile until it has its sentence.
 */

import { formatSessionDate } from '../domain/calendar/session-date.ts';
import { usdText } from '../domain/units/money-text.ts';
import type { SymbolDecision, Verdict, VerdictDetail } from '../domain/risk/types.ts';
import { shares } from './format.ts';
import { type PlainReason, type Situation, whyNoOrder } from './no-order.ts';

type Sentence = (decision: SymbolDecision, detail: VerdictDetail) => string;

const NO_DETAIL: VerdictDetail = { limit: 0, value: 0, wouldPass: 0, unit: 'none' };

/** Two or three words for a table. */
export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  NONE: 'No order',
  APPROVED: 'Approved',
  REDUCED_SHARES: 'Reduced: share limit',
  REDUCED_NOTIONAL: 'Reduced: dollar limit',
  REDUCED_CONCENTRATION: 'Reduced: concentration',
  REDUCED_LEVERAGE: 'Reduced: leverage',
  EXIT: 'Exit',
  FLATTEN_CLOSE: 'Flat before the close',
  FLATTEN_DAILY_LOSS: 'Flat: daily loss',
  FLATTEN_DRAWDOWN: 'Flat: drawdown',
  FLATTEN_OPERATOR: 'Flat: operator',
  ENTRY_CANCELLED: 'Entry withdrawn',
  EXIT_WORKING: 'Exit already working',
  DATA_MISSING: 'No bar',
  DATA_QUALITY: 'Bad bar',
  STATE_REDUCING: 'Reducing only',
  STATE_HALTED: 'Halted',
  ENTRY_WINDOW_CLOSED: 'Too close to the close',
  SHARES_EXCEED_MAX: 'Share limit',
  NOTIONAL_EXCEEDS_MAX: 'Dollar limit',
  DAILY_LOSS_EXCEEDED: 'Daily loss limit',
  DRAWDOWN_EXCEEDED: 'Drawdown limit',
  VAR_NO_HISTORY: 'VaR without history',
  VAR_EXCEEDS_MAX: 'VaR limit',
  CONCENTRATION_EXCEEDS_MAX: 'Concentration limit',
  LEVERAGE_EXCEEDS_MAX: 'Leverage limit',
  ORDER_RATE_EXCEEDED: 'Order rate',
  PRICE_MISSING: 'No price',
  INPUT_INVALID: 'Invalid input',
  QUARANTINED: 'Quarantined',
  CORRELATION_LEAVES_ZERO: 'Correlated: no share left',
  FLATTEN_AUDIT: 'Flat: audit failed',
  CARRIED_POSITION: 'Flat: carried in',
  STOP_DISTANCE_TOO_SMALL: 'Stop too close',
  VAR_HISTORY_STALE: 'VaR history too old',
  POSITION_MISMATCH: 'Position differs',
  SHORT_NOT_ALLOWED: 'Short bought back',
};

const SENTENCES: Readonly<Record<Verdict, Sentence>> = {
  NONE: () => 'No order was due.',
  APPROVED: (decision) => `Entry of ${shares(decision.quantity)} within every limit.`,
  REDUCED_SHARES: (decision, d) =>
    `Asked for ${shares(d.value)}; the limit is ${shares(d.limit)} a symbol. Cut to ${shares(decision.quantity)}.`,
  REDUCED_NOTIONAL: budgetCut('the limit for a symbol'),
  REDUCED_CONCENTRATION: budgetCut('the part of equity one symbol may take'),
  REDUCED_LEVERAGE: budgetCut('the equity still free under leverage 1'),
  EXIT: (decision) => `Policy wants to be flat: ${shares(decision.quantity)} at the next good open.`,
  FLATTEN_CLOSE: (decision) => `Every session ends flat: ${shares(decision.quantity)} at the open of the last minute.`,
  FLATTEN_DAILY_LOSS: (decision) => `Daily loss limit reached: ${shares(decision.quantity)} at the next good open.`,
  FLATTEN_DRAWDOWN: (decision) => `Drawdown limit reached: ${shares(decision.quantity)} at the next good open.`,
  FLATTEN_OPERATOR: (decision) =>
    `Halted or flattened from outside the strategy: ${shares(decision.quantity)} at the next good open.`,
  ENTRY_CANCELLED: () => 'The working entry was withdrawn before it filled.',
  EXIT_WORKING: () => 'An exit is working already; a second one is never sent.',
  DATA_MISSING: () => 'No bar came for this minute. Passes with the next good bar.',
  DATA_QUALITY: () => 'The bar of this minute failed its quality check. Passes with the next good bar.',
  STATE_REDUCING: () => 'Only orders that reduce a position pass. Passes when trading is ACTIVE again.',
  STATE_HALTED: () => 'Trading is halted. Passes after an operator arms it.',
  // Minutes count from 0 inside and from 1 for people.
  ENTRY_WINDOW_CLOSED: (_, d) => `Minute ${d.value + 1}; entries pass up to minute ${d.wouldPass + 1} of the session.`,
  SHARES_EXCEED_MAX: (_, d) => `Asked for ${shares(d.value)}; the limit is ${shares(d.limit)} a symbol. ${passes(d)}`,
  NOTIONAL_EXCEEDS_MAX: overBudget('the limit for a symbol'),
  DAILY_LOSS_EXCEEDED: (_, d) =>
    `Loss of the session ${usdText(d.value)}; the limit is ${usdText(d.limit)}. Passes in the next session.`,
  DRAWDOWN_EXCEEDED: (_, d) =>
    `Drawdown ${usdText(d.value)}; the limit is ${usdText(d.limit)}. Passes after an operator arms trading.`,
  VAR_NO_HISTORY: (_, d) =>
    `VaR needs ${d.limit} daily closes of each symbol and does not have them. Passes once daily bars are loaded.`,
  VAR_EXCEEDS_MAX: (_, d) => `One-day VaR would be ${usdText(d.value)}; at most ${usdText(d.wouldPass)} passes.`,
  CONCENTRATION_EXCEEDS_MAX: overBudget('the part of equity one symbol may take'),
  LEVERAGE_EXCEEDS_MAX: overBudget('the equity still free under leverage 1'),
  ORDER_RATE_EXCEEDED: (_, d) => `Order ${d.value} of this minute; at most ${d.wouldPass} a minute pass.`,
  PRICE_MISSING: () => 'There is no price yet to send the exit with. Passes with the first good bar.',
  INPUT_INVALID: () => 'An input was not a number, so the guard refused. Passes with valid input.',
  QUARANTINED: () =>
    'Every copy of this minute’s message was parked in quarantine, so nothing was entered on it. Passes with the next minute.',
  CORRELATION_LEAVES_ZERO: (_, d) =>
    `Correlated with another symbol: size × ${d.limit} of ${shares(d.value)} leaves none. Passes from ${shares(d.wouldPass)}.`,
  FLATTEN_AUDIT: (decision) =>
    `The audit log does not verify, so trading is halted: ${shares(decision.quantity)} at the next good open.`,
  CARRIED_POSITION: (decision) =>
    `Held before this session opened: ${shares(decision.quantity)} at the next good open, and no entry before that.`,
  STOP_DISTANCE_TOO_SMALL: () =>
    'Costs leave less than one tick for the protective stop. Passes with fewer shares or a higher price.',
  VAR_HISTORY_STALE: (_, d) =>
    `Its daily bars end on ${formatSessionDate(d.value)}; VaR needs one of ${formatSessionDate(d.limit)} or later. Passes once newer ones are loaded.`,
  POSITION_MISMATCH: () =>
    'The broker holds another position than the fills say. Passes once an operator has settled which is right.',
  SHORT_NOT_ALLOWED: (decision) =>
    `More was sold than held, and the run allows no short position: it buys back ${shares(decision.quantity)} at the next good open.`,
};

/** Title and reason with what was held at the time, which a verdict of NONE is explained by. */
export function verdictText(decision: SymbolDecision, held: Omit<Situation, 'action'>): PlainReason {
  const { action, verdict } = decision;
  if (verdict === 'NONE') return whyNoOrder({ ...held, action });
  return { title: VERDICT_TITLES[verdict], reason: reasonOf(decision) };
}

export function reasonOf(decision: SymbolDecision): string {
  return SENTENCES[decision.verdict](decision, decision.detail ?? NO_DETAIL);
}

function budgetCut(limitName: string): Sentence {
  return (decision, d) =>
    `Would cost ${usdText(d.value)}; ${limitName} is ${usdText(d.limit)}. Cut to ${shares(decision.quantity)}, ${usdText(d.wouldPass)}.`;
}

function overBudget(limitName: string): Sentence {
  return (_, d) => `Would cost ${usdText(d.value)}; ${limitName} is ${usdText(Math.max(0, d.limit))}. ${passes(d)}`;
}

function passes(d: VerdictDetail): string {
  if (d.wouldPass <= 0 && d.limit <= 0) return 'Nothing fits; passes when a position is closed.';
  if (d.wouldPass <= 0) return `Not one share fits; passes when a share costs at most ${usdText(d.limit)}.`;
  return `Passes up to ${d.unit === 'shares' ? shares(d.wouldPass) : usdText(d.wouldPass)}.`;
}
