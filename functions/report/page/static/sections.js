/**
 * The lower parts of the page: what was refused, latency, data quality, the run.
 */

import { h, noData } from './dom.js';
import { counted, dollars, milliseconds, whole } from './format.js';
import { fact, meter } from './pieces.js';

/**
 * @typedef {import('../../../../shared/read-models/page-state.ts').PageState} PageState
 */

const STAGE_TITLES = {
  ingest: 'Ingest',
  signal: 'Signal',
  risk: 'Risk',
  record: 'Record',
  total: 'Minute closed → recorded',
};

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

/** @param {{ label: string, hint: string, value: string, part: number, kind: string }} options */
function bar({ label, hint, value, part, kind }) {
  return h('li', { title: hint }, h('span', { class: 'bar-label' }, label), h('b', {}, value), meter(part, kind));
}
