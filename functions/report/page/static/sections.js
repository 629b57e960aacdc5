/**
 * The parts of the page that are not tables: key figures, session summary, health, verdict counts, latency, run.
 */

import { counted, dollars, duration, milliseconds, percent, signedDollars, whole } from './format.js';
import { h, noData } from './dom.js';
import { isFeedLate, isMinuteStuck } from './notice.js';
import { moneyDelta } from './tables.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').MoneySection} MoneySection
 * @typedef {import('../../../../shared/ports/stack-status.ts').PartState} PartState
 * @typedef {import('../../../../shared/read-models/causes.ts').CauseView} CauseView
 * @typedef {import('./dom.js').Child} Child
 */

const STAGE_TITLES = {
  ingest: 'Ingest',
  signal: 'Signal',
  risk: 'Risk',
  record: 'Record',
  total: 'Minute closed → recorded',
};
/** Processes by what they do; the name of the process is beside it, as logs call it. */
const PART_TITLES = new Map([
  ['postgres', 'Database'],
  ['host', 'Functions'],
  ['gpu-runner', 'Policy'],
  ['gateway', 'Broker'],
]);
const PART_WORDS = { up: 'up', starting: 'starting', down: 'DOWN', finished: 'finished' };

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
    ...fact('Largest drawdown', signedDollars(-money.drawdownMaxUsd), againstLimitText(money)),
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

/**
 * Without a connection nothing is known of the processes, whatever was heard of them last.
 *
 * @param {PageState} state
 * @param {{ serverNowMs: number, lostForMs: number | null }} connection
 */
export function health({ stack, session }, { serverNowMs, lostForMs }) {
  const rows = stack.parts.map((part) => {
    if (lostForMs !== null) return partItem('starting', PART_TITLES.get(part.name) ?? part.name, 'not known');
    const title = PART_TITLES.get(part.name);
    const word = [PART_WORDS[part.state], part.detail].filter((each) => each !== '').join(', ');
    return partItem(part.state, title ?? part.name, title === undefined ? word : `${part.name} ${word}`);
  });
  const feed = feedHealth(session, serverNowMs);
  const decisions = decisionHealth(session, serverNowMs);
  return h(
    'ul',
    { class: 'parts' },
    partItem(feed.state, 'Market feed', feed.word, 'wide'),
    decisions && partItem(decisions.state, 'Decisions', decisions.word, 'wide'),
    ...rows,
  );
}

/**
 * @param {PageState['session']} session
 * @param {number} serverNowMs
 * @returns {{ state: PartState, word: string }}
 */
function feedHealth(session, serverNowMs) {
  if (!session || session.updatedAtMs === null) return { state: 'starting', word: 'no minute yet' };
  if (session.closed) return { state: 'finished', word: `session ${session.date} is over` };
  if (session.waiting) {
    const { minute, sinceMs } = session.waiting;
    return { state: 'up', word: `up, minute ${minute + 1} came ${duration(serverNowMs - sinceMs)} ago` };
  }
  const age = duration(serverNowMs - session.updatedAtMs);
  if (isFeedLate(session, serverNowMs)) return { state: 'down', word: `LATE, newest minute ${age} ago` };
  return { state: 'up', word: `up, newest minute ${age} ago` };
}

/**
 * Null while a session is over or has not begun.
 *
 * @param {PageState['session']} session
 * @param {number} serverNowMs
 * @returns {{ state: PartState, word: string } | null}
 */
function decisionHealth(session, serverNowMs) {
  if (!session || session.closed || session.updatedAtMs === null) return null;
  const age = duration(serverNowMs - session.updatedAtMs);
  if (session.waiting && isMinuteStuck(session, serverNowMs)) {
    return { state: 'down', word: `LATE, minute ${session.waiting.minute + 1} waits for ${session.waiting.waitsFor}` };
  }
  return { state: 'up', word: `up, newest ${age} ago` };
}

/** What stands, one line each. @param {readonly CauseView[]} causes */
export function causeList(causes) {
  return h('ul', { class: 'causes' }, ...causes.map(({ text }) => h('li', {}, text)));
}

/** @param {PartState} state @param {string} title @param {string} word @param {string | null} [look] */
function partItem(state, title, word, look = null) {
  return h(
    'li',
    { 'data-part': state, class: look },
    h('span', { class: 'dot', 'aria-hidden': 'true' }),
    h('span', { class: 'part-name' }, title),
    h('span', { class: 'part-word' }, word),
  );
}

/** @param {PageState} state */
export function verdictCounts({ verdicts, money }) {
  const all = [
    ...verdicts.denials.map((each) => ({ ...each, kind: 'denied' })),
    ...verdicts.reductions.map((each) => ({ ...each, kind: 'reduced' })),
  ];
  const over = money ? `Over ${counted(money.decisions, 'minute')} decided.` : null;
  if (all.length === 0)
    return h(
      'div',
      {},
      h('p', { class: 'empty' }, money ? 'Nothing was refused or reduced.' : noData()),
      over && h('p', { class: 'note' }, over),
    );
  const most = Math.max(...all.map((each) => each.count));
  const bars = all.map((each) =>
    bar({ label: each.title, hint: each.code, value: whole(each.count), part: each.count / most, kind: each.kind }),
  );
  return h('div', {}, h('ul', { class: 'bars' }, ...bars), over && h('p', { class: 'note' }, over));
}

/** @param {PageState} state */
export function latencyBars({ latency }) {
  const [first] = latency;
  if (first === undefined) return noData();
  const longest = Math.max(...latency.map((each) => each.p99Ms), 1);
  const rows = latency.map((each) =>
    h(
      'tr',
      { class: each.stage === 'total' && 'total' },
      h('th', { scope: 'row' }, STAGE_TITLES[each.stage], meter(each.p99Ms / longest, 'latency')),
      ...[each.p50Ms, each.p99Ms, each.maxMs].map((ms) => h('td', { class: 'num' }, milliseconds(ms))),
    ),
  );
  const titles = ['Stage', 'p50', 'p99', 'max'].map((title, i) =>
    h('th', { scope: 'col', class: i > 0 && 'num' }, title),
  );
  const body = h(
    'table',
    { class: 'compact' },
    h('caption', { class: 'hidden' }, 'Latency by stage'),
    h('thead', {}, h('tr', {}, ...titles)),
    h('tbody', {}, ...rows),
  );
  return h('div', {}, body, h('p', { class: 'note' }, `n = ${counted(first.count, 'minute')}. Bars show p99.`));
}

/** @param {PageState} state */
export function quality({ quality: facts }) {
  if (!facts) return noData();
  const of = (/** @type {number} */ count) =>
    facts.barsExpected === 0 ? noData() : `${whole(count)} of ${whole(facts.barsExpected)}`;
  const faults = facts.faults.flatMap(({ code, hard, count }) => {
    const name = code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');
    return fact(hard ? `${name}: bar refused` : name, counted(count, 'bar'));
  });
  return h(
    'dl',
    { class: 'facts facts-narrow' },
    ...fact('Usable bars', of(facts.barsUsable)),
    ...fact('Bars with a fault', of(facts.faultyBars)),
    ...faults,
    ...fact('In quarantine', facts.quarantined === 0 ? 'none' : counted(facts.quarantined, 'message')),
  );
}

/** @param {PageState} state */
export function runFacts({ run }) {
  if (!run) return noData();
  const text = {
    Run: run.runId,
    Book: run.bookId,
    Kind: run.kind,
    Market: run.market,
    Broker: run.broker,
    Source: run.source,
    Pace: run.pace,
    ...(run.lastSession && { 'Last session': run.lastSession }),
    Symbols: run.symbols.join(', '),
    Policy: run.policy,
    Profile: run.profile,
    Fees: run.fees,
    Account: dollars(run.accountUsd),
    Seed: run.seed,
    ...(run.ledgerNote && { Ledger: run.ledgerNote }),
    'After a drawdown halt':
      run.rearm === 'manual' ? 'an operator arms trading' : 'the run arms itself at the next session',
  };
  return h(
    'dl',
    { class: 'facts facts-narrow' },
    ...Object.entries(text).flatMap(([name, value]) => fact(name, value)),
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

/** What the drawdown limit counts, which arming moves; never called the drawdown. @param {MoneySection} money */
export function againstLimitText({ limitDrawdownUsd, drawdownLimitUsd }) {
  if (drawdownLimitUsd === null) return 'no drawdown limit';
  return `against the limit ${dollars(limitDrawdownUsd)} of ${dollars(drawdownLimitUsd)}`;
}

/** @param {MoneySection} money */
function drawdownMeter({ limitDrawdownUsd, drawdownLimitUsd }) {
  return drawdownLimitUsd === null ? null : meter(limitDrawdownUsd / drawdownLimitUsd, 'drawdown');
}

/** @param {Pick<MoneySection, 'orders'>} money */
export function ordersText({ orders }) {
  return `${counted(orders.ENTRY, 'entry', 'entries')}, ${counted(orders.EXIT, 'exit')}, ${counted(orders.STOP, 'protective stop')}`;
}

/** @param {MoneySection} money */
function winRate({ winRate: rate }) {
  return rate === null ? noData() : percent(rate);
}

/** A bar for the eye; the number is beside it. @param {number} part @param {string} kind */
function meter(part, kind) {
  const inner = h('span', {});
  inner.style.setProperty('--part', String(Math.max(0, Math.min(1, part))));
  return h('span', { class: `meter ${kind}`, 'aria-hidden': 'true' }, inner);
}

/** @param {{ label: string, hint: string, value: string, part: number, kind: string }} options */
function bar({ label, hint, value, part, kind }) {
  return h('li', { title: hint }, h('span', { class: 'bar-label' }, label), h('b', {}, value), meter(part, kind));
}

/** @param {string} name @param {Child} value @param {Child} [over] What it was counted over. */
function fact(name, value, over = null) {
  return [h('div', {}, h('dt', {}, name), h('dd', {}, value, over && h('small', {}, over)))];
}
