/**
 * Numbers as the page shows them: dollars with sign and unit, minutes as exchange time, durations in words.
 */

/** @typedef {import('../../../../shared/read-models/page-state.ts').MoneySection} MoneySection */

const PLAIN = new Intl.NumberFormat('en-US');
const EXCHANGE_TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  hour: '2-digit',
  minute: '2-digit',
});

const MINUTE_MS = 60_000;

/**
 * `$1,944.00`, `−$3.10`: as the terminal has it (shared/domain/units/money-text.ts), but for the sign of a minus.
 *
 * @param {number} usd
 */
export function dollars(usd) {
  const cents = Math.round(Math.abs(wholeE4(usd)) / 100);
  return `${usd < 0 && cents > 0 ? '−' : ''}$${decimal(cents, 2)}`;
}

/** Cents where a step is not of whole dollars: a label says where its line is. @param {number} usd @param {number[]} splits */
export function axisDollars(usd, splits) {
  const isWhole = splits.every((each) => Number.isInteger(each));
  return isWhole ? dollars(usd).replace('.00', '') : dollars(usd);
}

/** With a sign always: `+$1.20`, `−$3.10`, `$0.00`. @param {number} usd */
export function signedDollars(usd) {
  return `${direction(usd) === 'up' ? '+' : ''}${dollars(usd)}`;
}

/** `$1,243.05`; below a dollar with four decimals: `$0.9990`. @param {number} usd */
export function price(usd) {
  const text = decimal(Math.abs(wholeE4(usd)), 4);
  return `$${Math.abs(usd) < 1 ? text : text.replace(/0{1,2}$/, '')}`;
}

/** Money is whole in 1e-4 dollars; sums of it in dollars are off by less. @param {number} usd */
function wholeE4(usd) {
  return Math.round(usd * 10_000);
}

/** The digits with a point before the last `decimals` and commas between the thousands. @param {number} value @param {2 | 4} decimals */
function decimal(value, decimals) {
  const digits = String(value).padStart(decimals + 1, '0');
  const thousands = digits.slice(0, -decimals).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${thousands}.${digits.slice(-decimals)}`;
}

/** `up`, `down` or `even`, at the precision that is shown. @param {number} usd */
export function direction(usd) {
  if (Math.abs(wholeE4(usd)) < 50) return 'even';
  return usd > 0 ? 'up' : 'down';
}

/** @param {number} count */
export function whole(count) {
  return PLAIN.format(count);
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${PLAIN.format(count)} ${count === 1 ? one : many}`;
}

/** @param {number} fraction */
export function percent(fraction) {
  return `${(fraction * 100).toFixed(fraction > 0 && fraction < 0.1 ? 1 : 0)} %`;
}

/** `21.4 ms`. @param {number} ms */
export function milliseconds(ms) {
  return ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** Time of day in New York. @param {number} epochMs */
export function exchangeTime(epochMs) {
  return EXCHANGE_TIME.format(epochMs);
}

/** The close of minute `i`. @param {{ openMs: number }} session @param {number} i */
export function minuteTime(session, i) {
  return exchangeTime(session.openMs + (i + 1) * MINUTE_MS);
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`. @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What the drawdown limit counts, which arming moves; never called the drawdown. @param {MoneySection} money */
export function againstLimitText({ limitDrawdownUsd, drawdownLimitUsd }) {
  if (drawdownLimitUsd === null) return 'no drawdown limit';
  return `against the limit ${dollars(limitDrawdownUsd)} of ${dollars(drawdownLimitUsd)}`;
}

/** The same at its largest in the session. @param {MoneySection} money */
export function largestAgainstLimitText({ limitDrawdownMaxUsd, drawdownLimitUsd }) {
  if (drawdownLimitUsd === null) return 'no drawdown limit';
  return `against the limit ${dollars(limitDrawdownMaxUsd)}`;
}

/** @param {Pick<MoneySection, 'orders'>} money */
export function ordersText({ orders }) {
  return `${counted(orders.ENTRY, 'entry', 'entries')}, ${counted(orders.EXIT, 'exit')}, ${counted(orders.STOP, 'protective stop')}`;
}
