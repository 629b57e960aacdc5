/**
 * The session in figures: those at the top of the page, and its summary once it is over.
 */

import { h, noData } from './dom.js';
import {
  againstLimitText,
  largestAgainstLimitText,
  counted,
  dollars,
  milliseconds,
  ordersText,
  percent,
  signedDollars,
  whole,
} from './format.js';
import { causeList, fact, meter } from './pieces.js';
import { moneyDelta } from './tables.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').MoneySection} MoneySection
 * @typedef {import('./dom.js').Child} Child
 */

/** @param {PageState} state @returns {HTMLElement[]} */
export function keyFigures({ money, latency }) {
  const total = latency.find((each) => each.stage === 'total');
  return [
    figure('P&L after fees', money && moneyDelta(money.netPnlUsd), money && feesLine(money), 'kpi-lead'),
    figure('Equity', money && dollars(money.equityUsd), money && `from ${dollars(money.startUsd)}`),
    figure('Against buy and hold', money && moneyDelta(money.againstHoldUsd), money && holdLine(money)),
    figure(
      'Drawdown',
      money && signedDollars(-money.drawdownUsd),
      money && drawdownLine(money),
      '',
      money && drawdownMeter(money),
    ),
    figure('Win rate', money && winRate(money), money && `${money.wins} of ${counted(money.trades, 'closed trade')}`),
    figure(
      'Latency p50 / p99',
      total && `${milliseconds(total.p50Ms)} / ${milliseconds(total.p99Ms)}`,
      total ? `n = ${counted(total.count, 'minute')}` : 'no minute measured',
    ),
  ];
}

/** @param {PageState} state */
export function summaryBody({ money, session, verdicts, latency }) {
  if (!money || !session) return noData();
  const total = latency.find((each) => each.stage === 'total');
  const sum = (/** @type {readonly { count: number }[]} */ counts) => counts.reduce((all, each) => all + each.count, 0);
  const trades = `n = ${counted(money.trades, 'closed trade')}`;
  const minutes = `n = ${counted(money.decisions, 'minute')}`;
  return h(
    'dl',
    { class: 'facts' },
    ...fact('P&L after fees', moneyDelta(money.netPnlUsd), `equity ${dollars(money.equityUsd)}`),
    ...fact('P&L before fees', moneyDelta(money.grossPnlUsd), `fees ${dollars(money.feesUsd)}`),
    ...fact('Win rate', money.winRate === null ? noData() : percent(money.winRate), trades),
    ...fact('Largest win', money.largestWinUsd === null ? noData('NONE') : moneyDelta(money.largestWinUsd), trades),
    ...fact('Largest loss', money.largestLossUsd === null ? noData('NONE') : moneyDelta(money.largestLossUsd), trades),
    ...fact(
      'Average holding',
      money.averageHoldingMinutes === null ? noData() : `${money.averageHoldingMinutes.toFixed(1)} min`,
      trades,
    ),
    ...fact('Against buy and hold', moneyDelta(money.againstHoldUsd), holdLine(money)),
    ...fact('Largest drawdown', signedDollars(-money.drawdownMaxUsd), largestAgainstLimitText(money)),
    ...fact('State', h('div', {}, session.state, session.causes.length > 0 && causeList(session.causes))),
    ...fact('Refused', whole(sum(verdicts.denials)), minutes),
    ...fact('Reduced', whole(sum(verdicts.reductions)), minutes),
    ...fact(
      'Latency p50',
      total ? milliseconds(total.p50Ms) : noData(),
      total && `n = ${counted(total.count, 'minute')}`,
    ),
    ...fact(
      'Latency p99',
      total ? milliseconds(total.p99Ms) : noData(),
      total && `n = ${counted(total.count, 'minute')}`,
    ),
    ...fact('Fills', whole(money.fills), ordersText(money)),
  );
}

/** @param {string} title @param {Child} value @param {Child} line @param {string | null} [kind] @param {Child} [extra] */
function figure(title, value, line, kind = '', extra = null) {
  return h(
    'div',
    { class: `kpi ${kind}` },
    h('h2', {}, title),
    h('p', { class: 'kpi-value' }, value || noData()),
    h('p', { class: 'kpi-line' }, line || ' '),
    extra,
  );
}

/** @param {MoneySection} money */
function feesLine(money) {
  return h(
    'span',
    {},
    'before fees ',
    h('b', {}, signedDollars(money.grossPnlUsd)),
    ', fees ',
    h('b', {}, dollars(money.feesUsd)),
    ` (n = ${counted(money.fills, 'fill')})`,
  );
}

/** @param {MoneySection} money */
function holdLine(money) {
  return money.holdPnlUsd === null ? 'no bar yet' : `buy and hold ${signedDollars(money.holdPnlUsd)}`;
}

/** @param {MoneySection} money */
function drawdownLine(money) {
  return `largest ${signedDollars(-money.drawdownMaxUsd)}; ${againstLimitText(money)}`;
}

/** @param {MoneySection} money */
function drawdownMeter({ limitDrawdownUsd, drawdownLimitUsd }) {
  return drawdownLimitUsd === null ? null : meter(limitDrawdownUsd / drawdownLimitUsd, 'drawdown');
}

/** @param {MoneySection} money */
function winRate({ winRate: rate }) {
  return rate === null ? noData() : percent(rate);
}
