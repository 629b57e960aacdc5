/**
 * Puts the messages of the stream together into one state, and knows how old it is by the server's clock.
 */

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 * @typedef {import('../../../../shared/read-models/page-state.ts').SeriesSection} SeriesSection
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageMessage} PageMessage
 */

/**
 * The state after a message. Sections that did not come stay the same objects, so that a reader sees what changed.
 *
 * @param {PageState | null} state
 * @param {PageMessage} message
 * @returns {PageState | null}
 */
export function merged(state, message) {
  if (message.full) return /** @type {PageState} */ (message.sections);
  if (state === null) return null;
  const series = message.sections.series === undefined ? state.series : appended(state.series, message.sections.series);
  return { ...state, ...message.sections, series };
}

/**
 * Minutes of `later` replace those they repeat.
 *
 * @param {SeriesSection} series
 * @param {SeriesSection} later
 * @returns {SeriesSection}
 */
export function appended(series, later) {
  const first = later.minute[0];
  if (first === undefined) return series;
  const repeated = series.minute.findIndex((minute) => minute >= first);
  const kept = repeated === -1 ? series.minute.length : repeated;
  return {
    minute: [...series.minute.slice(0, kept), ...later.minute],
    equityUsd: [...series.equityUsd.slice(0, kept), ...later.equityUsd],
    holdUsd: [...series.holdUsd.slice(0, kept), ...later.holdUsd],
    drawdownUsd: [...series.drawdownUsd.slice(0, kept), ...later.drawdownUsd],
    drawdownLimitUsd: [...series.drawdownLimitUsd.slice(0, kept), ...later.drawdownLimitUsd],
  };
}
