/**
 * A month as a table for people: the items by group, the sum, what drives it, and what is unknown.
 */

import type { CostItem, CostReport, UnpricedItem } from '../../../../stacks/cost/report.ts';
import type { Terminal } from '../../shell/terminal.ts';

type Paint = Terminal['paint'];

const LABEL_WIDTH = 46;
const QUANTITY_WIDTH = 27;
const USD_WIDTH = 10;
const MICRO = 1e6;
const NO_DATA = 'NO DATA';

export function costLines(report: CostReport, paint: Paint): string[] {
  return [
    ...headLines(report, paint),
    ...itemLines(report, paint),
    totalLine(report, paint),
    ...report.unpriced.map((item) => unpricedLine(item, paint)),
    ...sensitivityLines(report),
    ...networkLines(report),
    ...warningLines(report, paint),
  ];
}

export function assumptionLines({ assumptions }: CostReport, paint: Paint): string[] {
  const lines = assumptions.map(({ name, unit, range, isGiven, why }) => {
    const values = range === null ? NO_DATA : [range.low, range.mid, range.high].join(' : ');
    return `  ${name.padEnd(27)}${`${values} ${unit}`.padEnd(44)}${isGiven ? 'given' : why}`;
  });
  return ['', paint('bold', 'Assumptions, low : mid : high'), ...lines];
}

/** Dollars and cents. */
function usdOf(micro: number): string {
  return (micro / MICRO).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** What the choices of a report are, in one line. */
function choicesLine({ profile, month, choices, region }: CostReport): string {
  const market = `${month.sessions} sessions with ${count(month.sessionMinutes)} minutes in ${count(month.hours)} hours`;
  if (profile === 'workstation') return market;
  const { symbols, gpu, network, multiAz, runnerHours } = choices;
  const hours = runnerHours === null ? '' : ` for ${runnerHours} hours`;
  const parts = [`${symbols} symbols`, `GPU ${gpu}${hours}`, `network ${network}`, multiAz ? 'Multi-AZ' : 'one zone'];
  return `${market}; ${region}, ${parts.join(', ')}`;
}

function headLines(report: CostReport, paint: Paint): string[] {
  const { profile, month, asOf } = report;
  const columns = ['low', 'mid', 'high'].map((name) => name.padStart(USD_WIDTH)).join('');
  return [
    paint('bold', `Profile ${profile}, month ${month.name}, as of ${asOf}; USD`),
    choicesLine(report),
    '',
    paint('dim', `${'item'.padEnd(LABEL_WIDTH)}${'quantity (mid)'.padStart(QUANTITY_WIDTH)}${columns}  price seen`),
  ];
}

function itemLines({ items }: CostReport, paint: Paint): string[] {
  const groups = [...new Set(items.map(({ group }) => group))];
  return groups.flatMap((group) => [
    paint('cyan', group),
    ...items.filter((item) => item.group === group).map((item) => itemLine(item, paint)),
  ]);
}

function itemLine({ label, quantity, unit, usdMicro, price }: CostItem, paint: Paint): string {
  const amount = `${count(quantity.mid)} ${unit}`.padStart(QUANTITY_WIDTH);
  const seen = `${price.capturedOn ?? 'undated'} ${price.quality}`;
  return `  ${label.padEnd(LABEL_WIDTH - 2)}${amount}${usdColumns(usdMicro)}  ${seen}${price.isStale ? paint('yellow', ' stale') : ''}`;
}

function totalLine({ items, totalUsdMicro }: CostReport, paint: Paint): string {
  const label = `sum of ${items.length} priced items`.padEnd(LABEL_WIDTH + QUANTITY_WIDTH);
  const sum = totalUsdMicro === null ? NO_DATA.padStart(USD_WIDTH) : usdColumns(totalUsdMicro);
  return paint('bold', label + sum);
}

function unpricedLine(item: UnpricedItem, paint: Paint): string {
  const { label, quantity, unit, reason, priceId, unknown, hasPrice } = item;
  const amount = quantity === null ? '' : `, ${count(quantity.mid)} ${unit}`;
  const gifts = [...unknown.map((name) => `--set ${name}=VALUE`), ...(hasPrice ? [] : [`--price ${priceId}=USD`])];
  return `${paint('yellow', NO_DATA)}  ${label}${amount}: ${reason} (${gifts.join(' ')})`;
}

function sensitivityLines({ sensitivity, totalUsdMicro }: CostReport): string[] {
  if (totalUsdMicro === null) return [];
  const lines = sensitivity.map(({ label, by, totalUsdMicro: { low, high } }) => {
    return `  ${label.padEnd(LABEL_WIDTH - 2)}${by.padStart(QUANTITY_WIDTH)}   sum ${usdOf(low)} to ${usdOf(high)}`;
  });
  return ['', `What the mid of ${usdOf(totalUsdMicro.mid)} is driven by, one at a time`, ...lines];
}

function networkLines({ networkUsdMicro }: CostReport): string[] {
  if (networkUsdMicro === null) return [];
  const { nat, endpoints } = networkUsdMicro;
  const more = endpoints.mid - nat.mid;
  const difference = `endpoints cost ${usdOf(Math.abs(more))} ${more < 0 ? 'less' : 'more'}`;
  return ['', `Network: NAT ${usdOf(nat.mid)}, endpoints ${usdOf(endpoints.mid)}; ${difference}`];
}

function warningLines(report: CostReport, paint: Paint): string[] {
  const { items, stalePrices, notCounted, profile } = report;
  const lines: [name: string, text: string][] = [];
  const old = `${stalePrices.length} prices are older than 90 days or undated: look them up before deciding by them`;
  if (stalePrices.length > 0) lines.push(['stale', old]);
  const isAnyWeak = items.some(({ price }) => price.quality === 'weak');
  if (isAnyWeak) lines.push(['weak', 'somebody else repeats what the seller asks; the price list itself was not read']);
  if (profile !== 'workstation') lines.push(['left out', 'free allowances, discounts and taxes']);
  for (const what of notCounted) lines.push(['not counted', `the model has no rate for ${what}`]);
  return lines.length === 0 ? [] : ['', ...lines.map(([name, text]) => `${paint('yellow', `${name}:`)} ${text}`)];
}

function usdColumns({ low, mid, high }: CostItem['usdMicro']): string {
  return [low, mid, high].map((micro) => usdOf(micro).padStart(USD_WIDTH)).join('');
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}
