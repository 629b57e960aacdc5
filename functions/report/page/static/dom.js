/**
 * Small helpers for building the page: elements from plain calls, text only, never markup from data.
 */

/**
 * @typedef {string | number | Node | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>} Props
 */

/**
 * An element. `on…` props are listeners, true and false set and leave out attributes, null leaves out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...present(children));
  return element;
}

/**
 * The element with this id, of the kind that is expected.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} with id ${id}`);
  return element;
}

/**
 * Replaces what an element holds. Who had the focus keeps it, if what takes its place has the same `data-key`.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && element.contains(focused) ? focused.dataset.key : undefined;
  element.replaceChildren(...present(children));
  if (key === undefined) return;
  const heir = element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (heir instanceof HTMLElement) heir.focus({ preventScroll: true });
}

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {boolean} [numeric]
 * @property {boolean} [wide] Text that may wrap.
 * @property {'plain' | 'end' | 'below'} [phone] On a phone: without its title, at the end of the line, on the second line.
 */

/**
 * A table with a header row; on a phone each row becomes two lines. The roles are spelled out because a browser forgets
 * them when the display of a table's parts changes.
 *
 * @param {string} caption
 * @param {readonly Column[]} columns
 * @param {readonly (readonly Child[])[]} rows
 */
export function table(caption, columns, rows) {
  const head = columns.map((each) =>
    h('th', { role: 'columnheader', scope: 'col', class: each.numeric && 'num' }, each.title),
  );
  const body = rows.map((row) =>
    h('tr', { role: 'row' }, ...row.map((cell, i) => h('td', cellProps(columns[i]), cell))),
  );
  const parts = [
    h('caption', { class: 'hidden' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)),
    h('tbody', { role: 'rowgroup' }, ...body),
  ];
  return h('table', { class: 'reflow', role: 'table' }, ...parts);
}

/** @param {string} [what] */
export function noData(what = 'NO DATA') {
  return h('span', { class: 'no-data' }, what);
}

/** @param {Column | undefined} column */
function cellProps(column) {
  const classes = [column?.numeric && 'num', column?.wide && 'wide', column?.phone].filter(Boolean).join(' ');
  return { role: 'cell', class: classes || null, 'data-label': column?.phone === 'below' ? column.title : null };
}

/** @param {readonly Child[]} children */
function present(children) {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === 'number' ? String(child) : child));
}
