/**
 * Tables of the page: positions, decisions with the reason of each refusal, fills, sessions.
 */

import { direction, dollars, exchangeTime, minuteTime, percent, price, signedDollars, whole } from './format.js';
import { h, noData, table } from './dom.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').DecisionRow} DecisionRow
 * @typedef {import('./dom.js').Child} Child
 * @typedef {import('../../read-models/session-list.ts').SessionListItem} SessionListItem
 */

/** @type {'below'} */
const BELOW = 'below';
/** @type {'end'} */
const END = 'end';

/** The picker has them all. */
const SESSION_ROWS_MAX = 60;

const MARKS = { up: '▲', down: '▼', even: '' };

/** Dollars with sign, arrow and colour: never colour alone. @param {number | null} usd */
export function moneyDelta(usd) {
  if (usd === null) return noData();
  const way = direction(usd);
  return h(
    'span',
    { class: `delta ${way}` },
    MARKS[way] && h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[way]),
    signedDollars(usd),
  );
}

/** @param {PageState} state */
export function positionsTable({ positions, session }) {
  if (session && !session.live)
    return h('p', { class: 'note' }, 'Every session ends flat; positions are shown for the session in progress.');
  if (positions.length === 0) return noData();
  const columns = [
    { title: 'Symbol' },
    { title: 'Wants' },
    { title: 'Shares', numeric: true, phone: BELOW },
    { title: 'Average', numeric: true, phone: BELOW },
    { title: 'Mark', numeric: true, phone: BELOW },
    { title: 'Stop', numeric: true, phone: BELOW },
    { title: 'Unrealised', numeric: true, phone: END },
  ];
  const rows = positions.map((row) => [
    h('b', {}, row.symbol),
    row.wants === null ? dash() : h('span', { class: `chip ${row.wants.toLowerCase()}` }, row.wants),
    row.quantity === 0 ? h('span', { class: 'muted' }, 'flat') : whole(row.quantity),
    priceOrDash(row.averageCostUsd),
    priceOrDash(row.markUsd),
    priceOrDash(row.stopUsd),
    row.unrealizedUsd === null ? dash() : moneyDelta(row.unrealizedUsd),
  ]);
  return table('Positions', columns, rows);
}

/** @param {PageState} state */
export function exposureText({ positions, session, money }) {
  if (!session?.live || money === null || positions.length === 0) return '';
  const { exposureUsd, equityUsd } = money;
  const share = equityUsd > 0 ? `, ${percent(exposureUsd / equityUsd)} of equity` : '';
  return `Exposure ${dollars(exposureUsd)}${share}. Unrealised results are before exit costs.`;
}

/** @param {PageState} state @param {boolean} refusalsOnly */
export function decisionsTable({ decisions, session }, refusalsOnly) {
  const wanted = refusalsOnly ? decisions.refusals : decisions.rows;
  const total = refusalsOnly ? decisions.totalRefusals : decisions.total;
  if (!session || wanted.length === 0)
    return h('p', { class: 'empty' }, refusalsOnly ? 'Nothing was refused or reduced.' : 'No order yet.');
  const columns = [
    { title: 'Time (ET)' },
    { title: 'Symbol' },
    { title: 'Wants' },
    { title: 'Verdict' },
    { title: 'Reason', wide: true },
  ];
  const rows = wanted.map((row) => [
    h('span', { class: 'time' }, timeSpan(session, row)),
    h('b', {}, row.symbol),
    h('span', { class: `chip ${row.wants.toLowerCase()}` }, row.wants),
    h('span', { class: `verdict ${row.verdictClass}`, title: row.verdict }, row.title),
    row.reason,
  ]);
  return withTotal(table('Decisions, newest first', columns, rows), { shown: rows.length, total });
}

/** @param {PageState} state */
export function fillsTable({ fills, session, money }) {
  if (!session || fills.length === 0) return h('p', { class: 'empty' }, 'No fill yet.');
  const columns = [
    { title: 'Time (ET)' },
    { title: 'Symbol' },
    { title: 'Side' },
    { title: 'Shares', numeric: true, phone: BELOW },
    { title: 'Price', numeric: true, phone: BELOW },
    { title: 'Fees', numeric: true, phone: BELOW },
    { title: 'Trade result', numeric: true, phone: END },
  ];
  const rows = fills.map((row) => [
    h('span', { class: 'time', title: row.orderRef }, fillTime(session, row)),
    h('b', {}, row.symbol),
    h(
      'span',
      { class: `chip ${row.side.toLowerCase()}` },
      row.side,
      row.code === 'STOP' && ' stop',
      row.code === 'SESSION_END' && ' end',
    ),
    whole(row.quantity),
    price(row.priceUsd),
    dollars(row.feesUsd),
    row.tradePnlUsd === null ? dash() : moneyDelta(row.tradePnlUsd),
  ]);
  const caption = 'Fills, newest first; trade results are after fees';
  return withTotal(table(caption, columns, rows), { shown: rows.length, total: money?.fills ?? rows.length });
}

/** Says when older rows are not shown. @param {HTMLElement} rows @param {{ shown: number, total: number }} counts */
function withTotal(rows, { shown, total }) {
  const note = `Newest ${whole(shown)} of ${whole(total)}.`;
  return h('div', {}, rows, total > shown && h('p', { class: 'note' }, note));
}

/**
 * @param {readonly SessionListItem[]} sessions
 * @param {{ isShown: (item: SessionListItem) => boolean, show: (item: SessionListItem) => void }} choice
 */
export function sessionsTable(sessions, { isShown, show }) {
  if (sessions.length === 0) return h('p', { class: 'empty' }, 'No session yet.');
  const withRun = severalRuns(sessions);
  /** @type {import('./dom.js').Column[]} */
  const columns = [
    { title: 'Session' },
    ...(withRun ? [{ title: 'Run', phone: BELOW }] : []),
    { title: 'Minutes', numeric: true, phone: BELOW },
    { title: 'After fees', numeric: true, phone: END },
    { title: 'State', phone: BELOW },
    { title: 'Show' },
    { title: 'Trades' },
  ];
  const newest = sessions.slice(0, SESSION_ROWS_MAX);
  const rows = newest.map((item) => [
    h('b', {}, item.date),
    ...(withRun ? [item.runId] : []),
    `${item.lastMinute + 1} of ${item.minutes}`,
    moneyDelta(item.netPnlUsd),
    item.closed ? 'closed' : item.state.toLowerCase(),
    showCell(item, isShown(item), () => show(item)),
    h(
      'a',
      {
        href: csvHref(item),
        download: true,
        'aria-label': `Trades of ${item.date} as CSV`,
        'data-key': `csv ${keyText(item)}`,
      },
      'CSV',
    ),
  ]);
  return withTotal(table('Sessions, newest first', columns, rows), { shown: rows.length, total: sessions.length });
}

/** True when dates alone do not name a session. @param {readonly SessionListItem[]} sessions */
export function severalRuns(sessions) {
  return new Set(sessions.map(({ runId }) => runId)).size > 1;
}

/** @param {SessionListItem} item @param {boolean} isShown @param {() => void} show */
function showCell(item, isShown, show) {
  const key = `show ${keyText(item)}`;
  // Takes the focus over from the button that it replaces.
  if (isShown) return h('span', { 'data-key': key, tabindex: -1 }, 'shown');
  const label = `Show ${item.date}`;
  return h('button', { type: 'button', class: 'link', onclick: show, 'aria-label': label, 'data-key': key }, 'Show');
}

/** @param {SessionListItem} item */
function keyText({ runId, date }) {
  return `${runId} ${date}`;
}

/** Every 30 minutes and the newest, for readers of tables. @param {PageState} state */
export function seriesTable({ series, session }) {
  if (!session || series.minute.length === 0) return noData();
  const columns = [
    { title: 'Time (ET)' },
    { title: 'Account', numeric: true, phone: BELOW },
    { title: 'Buy and hold', numeric: true, phone: BELOW },
    { title: 'Drawdown', numeric: true, phone: BELOW },
  ];
  const last = series.minute.length - 1;
  const rows = series.minute.flatMap((minute, i) =>
    minute % 30 === 29 || i === last
      ? [
          [
            minuteTime(session, minute),
            ...[series.equityUsd, series.holdUsd].map((each) => dollars(each[i] ?? 0)),
            signedDollars(-(series.drawdownUsd[i] ?? 0)),
          ],
        ]
      : [],
  );
  return table('Equity and drawdown every 30 minutes', columns, rows);
}

/** @param {{ runId: string, date: string }} session */
export function csvHref({ runId, date }) {
  return `/api/trades.csv?session=${date}&run=${encodeURIComponent(runId)}`;
}

/** @param {{ openMs: number }} session @param {DecisionRow} row */
function timeSpan(session, row) {
  const last = minuteTime(session, row.lastMinute);
  if (row.count === 1) return last;
  return `${minuteTime(session, row.firstMinute)}–${last} (${row.count}×)`;
}

/** A fill happens in the minute after its decision, at the open unless a stop. @param {{ openMs: number }} session @param {{ minute: number }} row */
function fillTime(session, row) {
  return exchangeTime(session.openMs + row.minute * 60_000);
}

/** @param {number | null} usd */
function priceOrDash(usd) {
  return usd === null ? dash() : price(usd);
}

function dash() {
  return h('span', { class: 'muted dash' }, '–', h('span', { class: 'hidden' }, ' none'));
}
