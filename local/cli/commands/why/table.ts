/**
 * One decision on one screen: bar → features → policy → limits → orders and fills → result.
 */

import { feesTotalE4 } from '../../../../shared/domain/orders/types.ts';
import { ACTION_NAMES } from '../../../../shared/domain/policy/actions.ts';
import { exchangeClock, minuteName } from '../../../../shared/domain/calendar/exchange-time.ts';
import { formatSessionDate } from '../../../../shared/domain/calendar/session-date.ts';
import { FEATURE_NAMES } from '../../../../shared/domain/features/feature-schema.ts';
import { findPolicy } from '../../../../shared/domain/policy/registry.ts';
import { type Profile, profile } from '../../../../shared/domain/profile/profile.ts';
import { CORRELATED_SHARE } from '../../../../shared/domain/sizing/sizing.ts';
import { priceText, usdText } from '../../../../shared/domain/units/money-text.ts';
import { MINUTE_MS } from '../../../../shared/domain/units/units.ts';
import type { OrderFacts } from '../../../../shared/ports/decision-views.ts';
import { causeViews } from '../../../../shared/read-models/causes.ts';
import { counted, shares } from '../../../../shared/read-models/format.ts';
import { dailyLossLimitE4, drawdownLimitE4 } from '../../../../shared/read-models/limit-amounts.ts';
import { roundTrips } from '../../../../shared/read-models/round-trips.ts';
import { verdictText } from '../../../../shared/read-models/verdict-texts.ts';
import type { Terminal } from '../../shell/terminal.ts';
import type { Explanation } from './explanation.ts';

type Row = readonly [label: string, text: string];

const LABEL_WIDTH = 10;
const FEATURES_PER_LINE = 3;

export function printExplanation(terminal: Terminal, explanation: Explanation): void {
  for (const [label, text] of explanationRows(explanation)) {
    terminal.out(`${terminal.paint('dim', label.padEnd(LABEL_WIDTH))}${text}`);
  }
}

function explanationRows(explanation: Explanation): Row[] {
  return [
    ...headRows(explanation),
    ...barRows(explanation),
    ...featureRows(explanation),
    ...policyRows(explanation),
    ...limitRows(explanation),
    ...explanation.orders.flatMap((order) => orderRows(explanation, order)),
    ...resultRows(explanation),
  ];
}

function headRows({ reference, config, minutes, openMs }: Explanation): Row[] {
  const { session, minuteIndex, symbol } = reference;
  const closed = exchangeClock(openMs + (minuteIndex + 1) * MINUTE_MS);
  return [
    [
      'decision',
      `${symbol}, ${formatSessionDate(session)}, ${minuteName(minuteIndex)} of ${minutes}, closed ${closed} ET`,
    ],
    ['run', `${config.runId}, policy ${config.policy}, profile ${config.profile}, fees ${config.fees}`],
  ];
}

function barRows({ bar, quality }: Explanation): Row[] {
  const codes =
    quality === null ? 'no faults' : `${quality.isHard ? 'hard' : 'soft'} faults: ${quality.codes.join(', ')}`;
  if (bar === null) return [['bar', quality === null ? 'missing' : `missing; ${codes}; delivered ${quality.raw}`]];
  const prices = `open ${priceText(bar.openE4)}  high ${priceText(bar.highE4)}  low ${priceText(bar.lowE4)}  close ${priceText(bar.closeE4)}`;
  const fillable = bar.fillableVolume === bar.volume ? '' : ` (${count(bar.fillableVolume)} fillable)`;
  return [['bar', `${prices}  volume ${count(bar.volume)}${fillable}  ${codes}`]];
}

function featureRows({ signal, config, reference }: Explanation): Row[] {
  if (signal === null) return [['features', 'none: the minute is in quarantine (./jules queues peek quarantine)']];
  if (!signal.isReady) return [['features', 'not every feature has its full window yet']];
  const at = config.symbols.indexOf(reference.symbol);
  const values = signal.observation.slice(at * FEATURE_NAMES.length, (at + 1) * FEATURE_NAMES.length);
  const cells = FEATURE_NAMES.map((name, f) => `${name} ${(values[f] ?? Number.NaN).toPrecision(4)}`.padEnd(34));
  const lines = chunks(cells, FEATURES_PER_LINE).map((line) => line.join('').trimEnd());
  return lines.map((line, n) => [n === 0 ? 'features' : '', line]);
}

function policyRows({ signal, decision, config }: Explanation): Row[] {
  if (signal === null) return [['policy', `${config.policy} was not asked`]];
  const wanted = `${config.policy} says ${ACTION_NAMES[decision.action]}`;
  const { entryQuantity, limitPriceE4, isCorrelated } = signal;
  if (entryQuantity === 0) return [['policy', wanted]];
  const cut = isCorrelated ? `, × ${CORRELATED_SHARE} for correlation` : '';
  return [['policy', `${wanted}: ${shares(entryQuantity)} at ${priceText(limitPriceE4)} or less${cut}`]];
}

function limitRows(explanation: Explanation): Row[] {
  const { config, state, causes, equityE4, openMs, minutes } = explanation;
  const views = causeViews({ causes, rearm: config.rearm, session: { openMs, minutes } });
  return [
    ['state', `${state}, equity ${usdText(equityE4)}`],
    ...views.map(({ text }): Row => ['', `  ${text}`]),
    ['limits', limitsText(profile(config.profile), explanation)],
    ['verdict', verdictLine(explanation)],
  ];
}

function verdictLine({ config, decision, signal, holding }: Explanation): string {
  const { title, reason } = verdictText(decision, { ...holding, isReady: wasAsked(config.policy, signal) });
  return `${decision.verdict} (${title.toLowerCase()}). ${reason}`;
}

/** A policy that reads features is asked from the first minute that has all of them; the others at once. */
function wasAsked(policy: string, signal: Explanation['signal']): boolean {
  return signal === null || signal.isReady || findPolicy(policy)?.readsObservation === false;
}

function limitsText(limits: Profile, { sessionStartE4, limitReferenceE4 }: Explanation): string {
  const parts = [
    shares(limits.sharesMax),
    `${usdText(limits.notionalMaxUsdE4)} a symbol`,
    `daily loss ${amountText(sessionStartE4, (startE4) => dailyLossLimitE4(limits, startE4))}`,
    `drawdown ${amountText(limitReferenceE4, (referenceE4) => drawdownLimitE4(limits, referenceE4))}`,
    `single loss ${usdText(limits.singleLossMaxUsdE4)}`,
    `leverage ${limits.leverageMax}`,
  ];
  if (Number.isFinite(limits.varMaxFraction)) parts.push(`VaR ${limits.varMaxFraction * 100} %`);
  if (Number.isFinite(limits.concentrationMaxFraction))
    parts.push(`concentration ${limits.concentrationMaxFraction * 100} %`);
  if (Number.isFinite(limits.ordersPerMinuteMax)) parts.push(`${counted(limits.ordersPerMinuteMax, 'order')} a minute`);
  return parts.join(' · ');
}

/** Of a limit that counts from an amount which may not be stored. */
function amountText(fromE4: number | null, limitE4: (fromE4: number) => number): string {
  return fromE4 === null ? 'not known' : usdText(limitE4(fromE4));
}

const ORDER_LABELS = { ENTRY: 'entry', EXIT: 'exit', STOP: 'stop' } as const;

function orderRows({ openMs }: Explanation, order: OrderFacts): Row[] {
  const events = order.events.map(
    ({ event, eventMs }) => `${exchangeClock(eventMs)} ${event.toLowerCase().replaceAll('_', ' ')}`,
  );
  const fills = order.fills.map((fill): Row => {
    const when = exchangeClock(openMs + fill.minuteIndex * MINUTE_MS);
    return [
      '',
      `  filled ${fill.quantity} at ${priceText(fill.priceE4)}, fees ${usdText(feesTotalE4(fill.fees))}, bar of ${when} (${fill.code})`,
    ];
  });
  const rows: Row[] = [
    [ORDER_LABELS[order.kind], `${order.orderRef}  ${order.side} ${order.quantity} ${priceCondition(order)}`],
  ];
  if (events.length > 0) rows.push(['', `  ${events.join(', ')}`]);
  return [...rows, ...fills];
}

function priceCondition(order: OrderFacts): string {
  if (order.type === 'LIMIT')
    return `limit ${priceText(order.limitPriceE4)} (mark ${priceText(order.referencePriceE4)})`;
  if (order.type === 'STOP') return `stop ${priceText(order.stopPriceE4)}, protects ${order.parentRef}`;
  return `at the next good open (mark ${priceText(order.referencePriceE4)})`;
}

/** Of the trade that the minute's entry began, once it is flat again. */
function resultRows({ orders }: Explanation): Row[] {
  if (!orders.some((order) => order.kind === 'ENTRY')) return [];
  const fills = orders.flatMap((order) => order.fills).toSorted((a, b) => a.eventMs - b.eventMs);
  const [trade] = roundTrips(fills.map((fill) => ({ ...fill, feesE4: feesTotalE4(fill.fees) })));
  if (trade === undefined) return [];
  const net = usdText(trade.grossE4 - trade.feesE4);
  return [['result', `P&L after fees ${net} (${usdText(trade.grossE4)} before, fees ${usdText(trade.feesE4)})`]];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const starts = items.flatMap((_item, at) => (at % size === 0 ? [at] : []));
  return starts.map((start) => items.slice(start, start + size));
}
