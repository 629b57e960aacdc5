/**
 * The live page: takes the stream, keeps the chosen session, and redraws the parts whose data changed.
 */

import { drawdownChart, drawdownData, equityChart, equityData, fillMarks } from './charts.js';
import { CommandPanel } from './commands.js';
import { LiveStream } from './connection.js';
import { byId, fill, h, noData } from './dom.js';
import { counted, dollars, minuteTime, signedDollars } from './format.js';
import { isStale, noticesOf } from './notice.js';
import {
  againstLimitText,
  causeList,
  health,
  keyFigures,
  latencyBars,
  quality,
  runFacts,
  summaryBody,
  verdictCounts,
} from './sections.js';
import { merged } from './store.js';
import {
  csvHref,
  decisionsTable,
  exposureText,
  fillsTable,
  positionsTable,
  seriesTable,
  sessionsTable,
  severalRuns,
} from './tables.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../read-models/session-list.ts').SessionListItem} SessionListItem
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageMessage} PageMessage
 */

/** @typedef {import('./notice.js').Notice} Notice */

/** @type {Notice} */
const PAUSED = { kind: 'past', title: 'Paused', text: 'The page is frozen; trading continues.' };

const element = (/** @type {string} */ id) => byId(id, HTMLElement);

/** @type {PageState | null} The session in progress. */
let live = null;
/** @type {PageState | null} A past session that was chosen instead. */
let past = null;
/** @type {PageState | null} What was drawn last. */
let drawn = null;
/** @type {readonly SessionListItem[]} */
let sessions = [];
let sessionsKey = '';
let paused = false;
/** @type {Notice | null} A past session that could not be read. */
let failed = null;

const charts = {
  equity: equityChart(element('equity-chart'), element('equity-legend')),
  drawdown: drawdownChart(element('drawdown-chart'), element('drawdown-legend')),
};
const commands = new CommandPanel(element('controls'));
const picker = byId('session-picker', HTMLSelectElement);

const stream = new LiveStream((message) => {
  live = merged(live, message);
  if (!paused) draw();
});

setInterval(drawNotices, 1_000);
picker.addEventListener('change', () => void choose(picker.value));
element('pause').addEventListener('click', togglePause);
element('theme').addEventListener('click', toggleTheme);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawCharts);
for (const input of document.querySelectorAll('input[name="decision-filter"]')) {
  input.addEventListener('change', () => drawDecisions(drawn));
}
nameTheme();

function draw() {
  const state = past ?? live;
  if (state === null) return;
  drawChanged(state, drawn);
  drawn = state;
  drawNotices();
  drawSessionsTable();
  void listSessions();
}

/** @param {PageState} state @param {PageState | null} before */
function drawChanged(state, before) {
  /** @param {...keyof PageState} names */
  const changed = (...names) => before === null || names.some((name) => state[name] !== before[name]);
  if (changed('session', 'stack')) drawHeader(state);
  if (changed('money', 'latency')) fill(element('kpis'), ...keyFigures(state));
  if (changed('series', 'session', 'money', 'fills')) drawCharts(state);
  if (changed('positions', 'session', 'money')) drawPositions(state);
  if (changed('decisions', 'session')) drawDecisions(state);
  if (changed('fills', 'session')) fill(element('fills'), fillsTable(state));
  if (changed('verdicts', 'money')) fill(element('verdicts'), verdictCounts(state));
  if (changed('latency')) fill(element('latency'), latencyBars(state));
  if (changed('quality')) fill(element('quality'), quality(state));
  if (changed('run')) fill(element('run'), runFacts(state));
  if (changed('session', 'stack', 'money')) commands.show(state);
  if (changed('stack', 'money', 'verdicts', 'latency')) drawSummary(state);
}

/** @param {PageState} state */
function drawHeader({ session, stack }) {
  const progress = byId('progress', HTMLProgressElement);
  progress.max = session?.minutes ?? 1;
  progress.value = session ? session.lastMinute + 1 : 0;
  const clock = element('clock');
  if (!session || session.lastMinute < 0)
    fill(clock, stack.phase === 'starting' ? 'starting' : 'before the first minute');
  else
    fill(
      clock,
      h('b', {}, `${minuteTime(session, session.lastMinute)} ET`),
      ` minute ${session.lastMinute + 1} of ${session.minutes}`,
    );
}

/** @param {PageState} state */
function drawCharts(state) {
  const { session, money } = state;
  if (!session) return clearCharts();
  const equity = money
    ? `Equity ${dollars(money.equityUsd)}, ${signedDollars(money.netPnlUsd)} since the open`
    : 'Equity: no data';
  const depth = money
    ? `Drawdown ${dollars(money.drawdownUsd)}, largest ${dollars(money.drawdownMaxUsd)}, ${againstLimitText(money)}`
    : 'Drawdown: no data';
  charts.equity.show(session, equityData(state), `${equity}. The table below has the numbers.`, fillMarks(state));
  charts.drawdown.show(session, drawdownData(state), `${depth}. The table below has the numbers.`);
  fill(element('series-table'), seriesTable(state));
}

function clearCharts() {
  charts.equity.clear('Equity: no data');
  charts.drawdown.clear('Drawdown: no data');
  fill(element('series-table'), noData());
}

/** @param {PageState} state */
function drawPositions(state) {
  fill(element('positions'), positionsTable(state));
  element('exposure').textContent = exposureText(state);
}

/** @param {PageState | null} state */
function drawDecisions(state) {
  const refusalsOnly = document.querySelector('input[name="decision-filter"][value="refusals"]:checked') !== null;
  if (state !== null) fill(element('decisions'), decisionsTable(state, refusalsOnly));
}

/** @param {PageState} state */
function drawSummary(state) {
  const over = state.stack.phase === 'closed' || state.stack.phase === 'finished';
  element('summary').hidden = !over;
  if (!over) return;
  element('summary-title').textContent = `Session summary, ${state.session?.date ?? ''}`;
  fill(element('summary-body'), summaryBody(state));
}

/** Once a second, since what was true grows old by itself. */
function drawNotices() {
  const state = past ?? live;
  const notices = noticesOf(state, stream, stream.serverNowMs);
  const stale = isStale(notices);
  showNotices([failed, ...notices, paused && past === null ? PAUSED : null].filter((each) => each !== null));
  document.body.dataset.stale = String(stale);
  drawPill(state, stale);
  if (live !== null) fill(element('health'), health(live, stream));
}

/** @param {readonly Notice[]} notices */
function showNotices(notices) {
  const box = element('notices');
  const text = JSON.stringify([notices, past === null]);
  if (box.dataset.text === text) return;
  box.dataset.text = text;
  fill(box, ...notices.map(noticeBox));
  // The text counts seconds; only a change of kind is worth interrupting a listener for.
  const said = notices.map(({ title }) => title).join(', ');
  if (element('announce').textContent !== said) element('announce').textContent = said;
}

/** @param {Notice} notice @param {number} i */
function noticeBox({ kind, title, text, causes = [] }, i) {
  const back = () =>
    h(
      'button',
      { type: 'button', class: 'link', 'data-key': 'back', onclick: () => void choose('live') },
      'Back to the newest session',
    );
  return h(
    'div',
    { class: 'notice', 'data-kind': kind },
    h('b', {}, title),
    h('div', { class: 'notice-text' }, text, causes.length > 0 && causeList(causes)),
    past !== null && i === 0 && back(),
  );
}

/** Both at once: a halted stack that went silent is halted still. @param {PageState | null} state @param {boolean} stale */
function drawPill(state, stale) {
  const pill = element('state-pill');
  const trading = tradingWord(state);
  const causes = state?.session?.causes ?? [];
  pill.title = causes.map(({ text }) => text).join('\n');
  pill.dataset.state = trading === 'HALTED' ? trading : stale ? 'STALE' : (trading ?? 'none');
  const several = causes.length > 1 && counted(causes.length, 'cause');
  pill.textContent = [trading ?? (stale ? null : 'NO DATA'), several, stale && 'STALE'].filter(Boolean).join(' · ');
}

/** A session that is over trades no more, unless it was stopped before. @param {PageState | null} state */
function tradingWord(state) {
  const trading = state?.session?.state ?? null;
  return trading === 'ACTIVE' && state?.session?.closed ? 'CLOSED' : trading;
}

/** Asks for the list only when a session has begun or closed. */
async function listSessions() {
  const key = `${live?.run?.runId}/${live?.session?.date}/${live?.session?.closed}`;
  if (key === sessionsKey || !live?.session) return;
  sessionsKey = key;
  const response = await fetch('/api/sessions').catch(() => null);
  if (!response?.ok) {
    sessionsKey = '';
    return;
  }
  sessions = /** @type {SessionListItem[]} */ (await response.json());
  drawPicker();
  drawSessionsTable();
}

/** @param {SessionListItem} item */
function isLive(item) {
  return item.date === live?.session?.date && item.runId === live?.run?.runId;
}

/** @param {SessionListItem} item */
function isShown(item) {
  const shown = past ?? live;
  return item.date === shown?.session?.date && item.runId === shown?.run?.runId;
}

function drawPicker() {
  const options = sessions.map((item) =>
    h('option', { value: isLive(item) ? 'live' : keyOf(item), selected: isShown(item) }, optionText(item)),
  );
  fill(picker, ...options);
  const shown = past ?? live;
  if (!shown?.session || !shown.run) return;
  element('export').setAttribute('href', csvHref({ runId: shown.run.runId, date: shown.session.date }));
  element('export').hidden = false;
}

/** The list is asked for once a session; what moves in it comes with the stream. */
function drawSessionsTable() {
  const current = sessions.map((item) => (isLive(item) && live !== null ? liveItem(item, live) : item));
  const show = (/** @type {SessionListItem} */ item) => void choose(isLive(item) ? 'live' : keyOf(item));
  fill(element('sessions'), sessionsTable(current, { isShown, show }));
}

/** @param {SessionListItem} item @param {PageState} state @returns {SessionListItem} */
function liveItem(item, { session, money }) {
  if (session === null) return item;
  const { lastMinute, closed, state } = session;
  return { ...item, lastMinute, closed, state, netPnlUsd: lastMinute < 0 ? null : (money?.netPnlUsd ?? null) };
}

/** @param {SessionListItem} item */
function optionText(item) {
  const run = severalRuns(sessions) ? `, ${item.runId}` : '';
  if (isLive(item) && !item.closed) return `${item.date}, in progress${run}`;
  return item.netPnlUsd === null ? `${item.date}${run}` : `${item.date}, ${signedDollars(item.netPnlUsd)}${run}`;
}

/** @param {SessionListItem} item */
function keyOf(item) {
  return `session=${item.date}&run=${encodeURIComponent(item.runId)}`;
}

/** Shows the session in progress (`live`) or a past one. @param {string} key */
async function choose(key) {
  past = null;
  failed = null;
  if (key !== 'live') {
    const response = await fetch(`/api/snapshot?${key}`).catch(() => null);
    if (response?.ok) past = merged(null, /** @type {PageMessage} */ (await response.json()));
    else failed = { kind: 'error', title: 'Not shown', text: 'The stack did not give that session. Try again.' };
  }
  drawn = null;
  draw();
  drawPicker();
}

function togglePause() {
  paused = !paused;
  const button = element('pause');
  button.setAttribute('aria-pressed', String(paused));
  button.textContent = paused ? 'Resume updates' : 'Pause updates';
  if (paused) drawNotices();
  else draw();
}

function toggleTheme() {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  localStorage.setItem('theme', theme);
  redrawCharts();
}

function redrawCharts() {
  nameTheme();
  charts.equity.draw();
  charts.drawdown.draw();
}

function nameTheme() {
  element('theme').textContent = isDark() ? 'Light theme' : 'Dark theme';
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
