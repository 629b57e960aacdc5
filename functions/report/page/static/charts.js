/**
 * The equity and drawdown charts: uPlot with the colours of the theme, one cursor for both, a legend that follows it.
 */

import { axisDollars, dollars, exchangeTime, signedDollars } from './format.js';
import { fill, h } from './dom.js';
import uPlot from './vendor/uplot.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {{ timeS: number, value: number, side: 'BUY' | 'SELL' }} Mark A fill on the account's line.
 * @typedef {{ label: string, colour: string, dash?: number[], width?: number, fillColour?: string, text: (value: number) => string }} Line
 */

const MINUTE_S = 60;
/** Of the money axis, in CSS pixels: its least width, that of a character in its font, and the gap to the plot. */
const AXIS_WIDTH_MIN = 64;
const AXIS_CHARACTER_WIDTH = 6.6;
const AXIS_GAP = 12;
const AXIS_FONT = '11px ui-sans-serif, system-ui, "Segoe UI", sans-serif';
const SYNC = uPlot.sync('session');

/** One chart in its box with its legend beside the title. */
export class SessionChart {
  /** @readonly */
  #box;
  /** @readonly */
  #legend;
  /** @readonly */
  #lines;
  /** @readonly */
  #yRange;
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {uPlot.AlignedData} */
  #data = [[]];
  #spanS = { min: 0, max: 1 };
  /** @type {readonly Mark[]} */
  #marks = [];

  /**
   * @param {{ box: HTMLElement, legend: HTMLElement, lines: readonly Line[], yRange: (data: uPlot.AlignedData) => [number, number] }} parts
   */
  constructor({ box, legend, lines, yRange }) {
    this.#box = box;
    this.#legend = legend;
    this.#lines = lines;
    this.#yRange = yRange;
    new ResizeObserver(() => this.#resize()).observe(box);
  }

  /**
   * @param {{ openMs: number, minutes: number }} session
   * @param {uPlot.AlignedData} data
   * @param {string} description
   * @param {readonly Mark[]} [marks]
   */
  show(session, data, description, marks = []) {
    this.#marks = marks;
    const openS = session.openMs / 1_000;
    this.#spanS = { min: openS, max: openS + session.minutes * MINUTE_S };
    this.#data = data;
    this.#box.setAttribute('aria-label', description);
    if (this.#plot === null) this.draw();
    else this.#plot.setData(data);
    this.#describe(null);
  }

  /** Nothing to show any more. @param {string} description */
  clear(description) {
    this.#plot?.destroy();
    this.#plot = null;
    this.#data = [[]];
    this.#marks = [];
    this.#box.setAttribute('aria-label', description);
    fill(this.#legend);
  }

  /** Draws again, in the colours of the theme in use. */
  draw() {
    this.#plot?.destroy();
    const { width, height } = this.#box.getBoundingClientRect();
    if (width === 0 || this.#data[0].length === 0) return;
    this.#plot = new uPlot(this.#options(width, height), this.#data, this.#box);
    this.#describe(null);
  }

  #resize() {
    const { width, height } = this.#box.getBoundingClientRect();
    if (this.#plot === null || width === 0) return;
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
  }

  /** @param {number} width @param {number} height @returns {uPlot.Options} */
  #options(width, height) {
    const axis = {
      stroke: colour('--ink-2'),
      font: AXIS_FONT,
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height,
      legend: { show: false },
      padding: [10, 22, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'America/New_York'),
      cursor: { sync: { key: SYNC.key }, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { range: () => [this.#spanS.min, this.#spanS.max] },
        y: { range: () => this.#yRange(this.#data) },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 70,
          size: 30,
          values: (_, splits) => splits.map((each) => exchangeTime(each * 1_000)),
        },
        {
          ...axis,
          size: (_, labels) => axisWidth(labels ?? []),
          space: 34,
          values: (_, splits) => splits.map((each) => axisDollars(each, splits)),
        },
      ],
      series: [{}, ...this.#lines.map(seriesOf)],
      hooks: {
        draw: [(plot) => drawMarks(plot, this.#marks)],
        setCursor: [(plot) => this.#describe(plot.cursor.idx ?? null)],
      },
    };
  }

  /** @param {number | null} index Where the cursor is; null: the newest minute. */
  #describe(index) {
    const xs = this.#data[0];
    const at = index ?? xs.length - 1;
    const time = xs[at];
    const items = this.#lines.map((line, i) => legendItem(line, this.#data[i + 1]?.[at]));
    const label = time === undefined ? null : h('span', { class: 'legend-time' }, `${exchangeTime(time * 1_000)} ET`);
    fill(this.#legend, ...items, label);
  }
}

/** Equity, its two yardsticks and the daily loss limit. @param {HTMLElement} box @param {HTMLElement} legend */
export function equityChart(box, legend) {
  const text = dollars;
  return new SessionChart({
    box,
    legend,
    yRange: equityRange,
    lines: [
      { label: 'Account', colour: '--line-account', width: 2, text },
      { label: 'Buy and hold', colour: '--line-hold', dash: [6, 4], text },
      { label: 'Flat', colour: '--line-flat', text },
      { label: 'Daily loss limit', colour: '--line-limit', dash: [2, 3], text },
    ],
  });
}

/** Drawdown below zero, with the limit as a line. @param {HTMLElement} box @param {HTMLElement} legend */
export function drawdownChart(box, legend) {
  return new SessionChart({
    box,
    legend,
    yRange: drawdownRange,
    lines: [
      { label: 'Drawdown', colour: '--line-account', fillColour: '--fill-drawdown', text: signedDollars },
      { label: 'Limit', colour: '--line-limit', dash: [2, 3], text: signedDollars },
    ],
  });
}

/** @param {PageState} state @returns {uPlot.AlignedData} */
export function equityData({ series, money, session }) {
  const start = money?.startUsd ?? 0;
  const limit = money?.dailyLossLimitUsd ?? null;
  const minute = series.minute;
  return [
    times(minute, session),
    series.equityUsd.slice(),
    series.holdUsd.slice(),
    minute.map(() => start),
    minute.map(() => (limit === null ? null : start - limit)),
  ];
}

/** @param {PageState} state @returns {uPlot.AlignedData} */
export function drawdownData({ series, session }) {
  const below = series.drawdownUsd.map((usd) => -usd);
  const limits = series.drawdownLimitUsd.map((usd) => (usd === null ? null : -usd));
  return [times(series.minute, session), below, limits];
}

/** The newest fills on the account's line. @param {PageState} state @returns {Mark[]} */
export function fillMarks({ fills, series, session }) {
  const at = new Map(series.minute.map((minute, i) => [minute, series.equityUsd[i] ?? 0]));
  const openS = (session?.openMs ?? 0) / 1_000;
  return fills.flatMap(({ minute, side }) => {
    const value = at.get(minute);
    return value === undefined ? [] : [{ timeS: openS + (minute + 1) * MINUTE_S, value, side }];
  });
}

/** @param {readonly number[]} minutes @param {PageState['session']} session */
function times(minutes, session) {
  const openS = (session?.openMs ?? 0) / 1_000;
  return minutes.map((minute) => openS + (minute + 1) * MINUTE_S);
}

/** @param {Line} line @returns {uPlot.Series} */
function seriesOf({ label, colour: name, dash, width = 1.5, fillColour }) {
  const look = { label, stroke: colour(name), width, points: { show: false } };
  return { ...look, ...(dash && { dash }), ...(fillColour && { fill: colour(fillColour), fillTo: 0 }) };
}

/** The limit is drawn when it is near; a far one would press the rest into a line. @param {uPlot.AlignedData} data @returns {[number, number]} */
function equityRange(data) {
  const values = [1, 2, 3].flatMap((i) => present(data[i]));
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = Math.max(high - low, 4);
  const limit = present(data[4])[0];
  const floor = limit !== undefined && low - limit < span * 0.6 ? Math.min(low, limit) : low;
  return [floor - span * 0.08, high + span * 0.08];
}

/** From zero down to the limit, or deeper where the drawdown went. @param {uPlot.AlignedData} data @returns {[number, number]} */
function drawdownRange(data) {
  const deepest = Math.min(-10, ...present(data[1]), ...present(data[2]));
  return [deepest * 1.08, Math.abs(deepest) * 0.04];
}

/** @param {uPlot.AlignedData[number] | undefined} column @returns {number[]} */
function present(column) {
  return Array.from(column ?? []).filter((value) => typeof value === 'number');
}

/** A triangle up for a purchase and down for a sale, clear of the line. @param {uPlot} plot @param {readonly Mark[]} marks */
function drawMarks(plot, marks) {
  const { ctx } = plot;
  const size = 4 * devicePixelRatio;
  for (const { timeS, value, side } of marks) {
    const up = side === 'BUY' ? 1 : -1;
    const x = plot.valToPos(timeS, 'x', true);
    const y = plot.valToPos(value, 'y', true) + up * 2.2 * size;
    ctx.beginPath();
    ctx.moveTo(x, y - up * size);
    ctx.lineTo(x + size, y + up * size * 0.8);
    ctx.lineTo(x - size, y + up * size * 0.8);
    ctx.closePath();
    ctx.fillStyle = colour(side === 'BUY' ? '--up' : '--down');
    ctx.fill();
  }
}

/** Wide enough for the longest label, and the same for all of an ordinary account. @param {readonly string[]} labels */
function axisWidth(labels) {
  const longest = Math.max(0, ...labels.map(({ length }) => length));
  return Math.max(AXIS_WIDTH_MIN, longest * AXIS_CHARACTER_WIDTH + AXIS_GAP);
}

/** @param {Line} line @param {number | null | undefined} value */
function legendItem(line, value) {
  const swatch = h('span', {
    class: 'swatch',
    'data-line': line.colour.slice('--line-'.length),
    'aria-hidden': 'true',
  });
  const text = value === null || value === undefined ? 'NO DATA' : line.text(value);
  return h('span', { class: 'legend-item' }, swatch, `${line.label} `, h('b', {}, text));
}

/** The value of a colour of the theme; only a used colour is resolved to one of its two. @param {string} name */
function colour(name) {
  const probe = h('span', { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
