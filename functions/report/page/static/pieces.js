/**
 * Pieces that several parts of the page are made of: a named fact, a bar for the eye, the list of what stands.
 */

import { h } from './dom.js';

/**
 * @typedef {import('../../../../shared/read-models/causes.ts').CauseView} CauseView
 * @typedef {import('./dom.js').Child} Child
 */

/** @param {string} name @param {Child} value @param {Child} [over] What it was counted over. */
export function fact(name, value, over = null) {
  return [h('div', {}, h('dt', {}, name), h('dd', {}, value, over && h('small', {}, over)))];
}

/** A bar for the eye; the number is beside it. @param {number} part @param {string} kind */
export function meter(part, kind) {
  const inner = h('span', {});
  inner.style.setProperty('--part', String(Math.max(0, Math.min(1, part))));
  return h('span', { class: `meter ${kind}`, 'aria-hidden': 'true' }, inner);
}

/** What stands, one line each. @param {readonly CauseView[]} causes */
export function causeList(causes) {
  return h('ul', { class: 'causes' }, ...causes.map(({ text }) => h('li', {}, text)));
}
