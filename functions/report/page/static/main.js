/**
 * The live page: takes the stream, keeps the chosen session, and redraws the parts whose data changed.
 */

import { drawdownChart, drawdownData, equityChart, equityData, fillMarks } from './charts.js';
import { CommandPanel } from './commands.js';
import { LiveStream } from './connection.js';
import { byId, fill, h } from './dom.js';
import { dollars, minuteTime, signedDollars } from './format.js';
import { isStale, noticeOf } from './notice.js';
import { health, keyFigures, latencyBars, quality, runFacts, summaryBody, verdictCounts } from './sections.js';
import { merged } from './store.js';
import { csvHref, decisionsTable, fillsTable, positionsTable, seriesTable, sessionsTable } from './tables.js';

/**
 * @typedef {import('../../read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../read-models/session-list.ts').SessionListItem} SessionListItem
 * @typedef {import('../../stream-hub.ts').PageMessage} PageMessage
 */

/** @type {import('./notice.js').Notice} */
const PAUSED = { kind: 'past', title: 'Paused', text: 'The page stands still; trading goes on.' };

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

setInterval(drawNotice, 1_000);
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
  drawNotice();
  void listSessions();
}

/** @param {PageState} state @param {PageState | null} before */
function drawChanged(state, before) {
  /** @param {...keyof PageState} names */
  const changed = (...names) => before === null || names.some((name) => state[name] !== before[name]);
  if (changed('session', 'stack')) drawHeader(state);
  if (changed('money', 'latency')) fill(element('kpis'), ...keyFigures(state));
  if (changed('series', 'session', 'money', 'fills')) drawCharts(state);
  if (changed('positions', 'session', 'money')) fill(element('positions'), positionsTable(state));
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
  if (!session) return;
  const equity = money
    ? `Equity ${dollars(money.equityUsd)}, ${signedDollars(money.netPnlUsd)} since the open`
    : 'Equity: no data';
  const depth = money
    ? `Drawdown ${dollars(money.drawdownUsd)}, deepest ${dollars(money.drawdownMaxUsd)}, limit ${money.drawdownLimitUsd === null ? 'none' : dollars(money.drawdownLimitUsd)}`
    : 'Drawdown: no data';
  charts.equity.show(session, equityData(state), `${equity}. The table below has the numbers.`, fillMarks(state));
  charts.drawdown.show(session, drawdownData(state), `${depth}. The table below has the numbers.`);
  fill(element('series-table'), seriesTable(state));
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
function drawNotice() {
  const state = past ?? live;
  const notice = noticeOf(state, stream, stream.serverNowMs) ?? (paused ? PAUSED : null);
  showNotice(notice);
  document.body.dataset.stale = String(isStale(notice));
  drawPill(state, isStale(notice));
  if (state !== null) fill(element('health'), health(state, stream.serverNowMs));
}

/** @param {import('./notice.js').Notice | null} notice */
function showNotice(notice) {
  const box = element('notice');
  const key = JSON.stringify([notice, past === null]);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.hidden = notice === null;
  box.dataset.kind = notice?.kind ?? '';
  const back =
    past === null
      ? null
      : h(
          'button',
          { type: 'button', class: 'link', onclick: () => void choose('live') },
          'Back to the session in progress',
        );
  fill(box, h('b', {}, notice?.title), h('span', {}, notice?.text), back);
  // The text counts seconds; only a change of kind is worth interrupting a listener for.
  const said = notice === null ? '' : notice.title;
  if (element('announce').textContent !== said) element('announce').textContent = said;
}

/** @param {PageState | null} state @param {boolean} stale */
function drawPill(state, stale) {
  const pill = element('state-pill');
  const session = state?.session;
  pill.dataset.state = stale ? 'STALE' : (session?.state ?? 'none');
  pill.textContent = stale ? 'STALE' : (session?.state ?? 'NO DATA');
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
  drawSessions();
}

function drawSessions() {
  const isLive = (/** @type {SessionListItem} */ item) =>
    item.date === live?.session?.date && item.runId === live?.run?.runId;
  const shown = past ?? live;
  const isShown = (/** @type {SessionListItem} */ item) =>
    item.date === shown?.session?.date && item.runId === shown?.run?.runId;
  const options = sessions.map((item) =>
    h(
      'option',
      { value: isLive(item) ? 'live' : keyOf(item), selected: isShown(item) },
      optionText(item, isLive(item)),
    ),
  );
  fill(picker, ...options);
  fill(
    element('sessions'),
    sessionsTable(sessions, { isShown, show: (item) => void choose(isLive(item) ? 'live' : keyOf(item)) }),
  );
  if (shown?.session && shown.run)
    element('export').setAttribute('href', csvHref({ runId: shown.run.runId, date: shown.session.date }));
}

/** @param {SessionListItem} item @param {boolean} isLive */
function optionText(item, isLive) {
  if (isLive && !item.closed) return `${item.date}, in progress`;
  return item.netPnlUsd === null ? item.date : `${item.date}, ${signedDollars(item.netPnlUsd)}`;
}

/** @param {SessionListItem} item */
function keyOf(item) {
  return `session=${item.date}&run=${encodeURIComponent(item.runId)}`;
}

/** Shows the session in progress (`live`) or a past one. @param {string} key */
async function choose(key) {
  past = null;
  if (key !== 'live') {
    const response = await fetch(`/api/snapshot?${key}`).catch(() => null);
    if (response?.ok) past = merged(null, /** @type {PageMessage} */ (await response.json()));
  }
  drawn = null;
  draw();
  drawSessions();
}

function togglePause() {
  paused = !paused;
  const button = element('pause');
  button.setAttribute('aria-pressed', String(paused));
  button.textContent = paused ? 'Resume updates' : 'Pause updates';
  if (paused) drawNotice();
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
