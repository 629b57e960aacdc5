/**
 * The live page: takes the stream, keeps the chosen session, and redraws the parts whose data changed.
 */

import { showNotices, showPill } from './alerts.js';
import { drawdownChart, drawdownData, equityChart, equityData, fillMarks } from './charts.js';
import { CommandPanel } from './commands.js';
import { LiveStream } from './connection.js';
import { byId, fill, h, noData } from './dom.js';
import { keyFigures, summaryBody } from './figures.js';
import { againstLimitText, dollars, minuteTime, signedDollars } from './format.js';
import { health } from './health.js';
import { isStale, noticesOf } from './notice.js';
import { latencyBars, quality, runFacts, verdictCounts } from './sections.js';
import { SessionChoice } from './session-choice.js';
import { merged } from './store.js';
import { decisionsTable, exposureText, fillsTable, positionsTable, seriesTable } from './tables.js';
import { watchTheme } from './theme.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('./notice.js').Notice} Notice
 */

/** @type {Notice} */
const PAUSED = { kind: 'past', title: 'Paused', text: 'The page is frozen; trading continues.' };

const element = (/** @type {string} */ id) => byId(id, HTMLElement);

/** @type {PageState | null} The session in progress. */
let live = null;
/** @type {PageState | null} What was drawn last. */
let drawn = null;
let paused = false;

const charts = {
  equity: equityChart(element('equity-chart'), element('equity-legend')),
  drawdown: drawdownChart(element('drawdown-chart'), element('drawdown-legend')),
};
const commands = new CommandPanel(element('controls'));
const choice = new SessionChoice(() => {
  drawn = null;
  draw();
});

const stream = new LiveStream((message) => {
  live = merged(live, message);
  if (!paused) draw();
});

setInterval(drawNotices, 1_000);
element('pause').addEventListener('click', togglePause);
watchTheme(() => {
  charts.equity.draw();
  charts.drawdown.draw();
});
for (const input of document.querySelectorAll('input[name="decision-filter"]')) {
  input.addEventListener('change', () => drawDecisions(drawn));
}

function draw() {
  const state = choice.past ?? live;
  if (state === null) return;
  drawChanged(state, drawn);
  drawn = state;
  drawNotices();
  choice.show(live);
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
  const state = choice.past ?? live;
  const notices = noticesOf(state, stream, stream.serverNowMs);
  const stale = isStale(notices);
  const above = [choice.failed, ...notices, paused && choice.past === null ? PAUSED : null];
  showNotices(
    above.filter((each) => each !== null),
    choice.past === null ? null : () => void choice.choose('live'),
  );
  document.body.dataset.stale = String(stale);
  showPill(state, stale);
  if (live !== null) fill(element('health'), health(live, stream));
}

function togglePause() {
  paused = !paused;
  const button = element('pause');
  button.setAttribute('aria-pressed', String(paused));
  button.textContent = paused ? 'Resume updates' : 'Pause updates';
  if (paused) drawNotices();
  else draw();
}
