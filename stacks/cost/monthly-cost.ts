/**
 * A month of a profile, itemised: what `jules cost` prints, what a deployment shows and a scaling proposal quotes.
 *
 * Pure: prices and calendar are data, the time is an argument. An item without a price is named and left out of the sum.
 */

import { ASSUMPTION_NAMES, type AssumptionName, assumedRange, assumptionOf } from './assumptions.ts';
import { type LineItem, lineItems, priceIdsOf } from './items.ts';
import { type Month, monthOf } from './month.ts';
import { type PriceBook, priceBook } from './price-book.ts';
import { isStale, type Price, priceAgeDays, USD_MAX, usdPico } from './price-row.ts';
import { type Choices, DEFAULT_REGION, PROFILES, type ProfileName } from './profiles.ts';
import { type Case, type Range, rangeOf } from './range.ts';
import { type CostItem, type CostReport, costReportSchema, type UnpricedItem } from './report.ts';
import { addUp, sensitivityOf } from './sensitivity.ts';
import { notCounted } from './traffic.ts';
import type { CostInputs } from './inputs.ts';

export interface CostOptions extends Partial<Choices> {
  readonly nowMs: number;
  /** Such as 2026-12; the month of `nowMs` by default. */
  readonly month?: string;
  readonly region?: string;
  /** Hours of the month in which a runner is up; from the sessions by default. */
  readonly runnerHours?: number;
  /** Assumptions in place of the profile's. */
  readonly assume?: Readonly<Partial<Record<AssumptionName, Range>>>;
  /** Dollars a unit, by price id, in place of what is recorded. */
  readonly prices?: Readonly<Record<string, number>>;
}

const MICRO = 1e6;
const PICO_PER_MICRO = 1_000_000_000_000n;

interface Model {
  readonly profile: ProfileName;
  readonly choices: Choices;
  readonly month: Month;
  readonly region: string;
  readonly nowMs: number;
  readonly runnerHours: number | null;
  readonly book: PriceBook;
  readonly range: (name: AssumptionName) => Range | null;
  /** Which assumptions were asked for. */
  readonly used: Set<AssumptionName>;
}

/** Throws RangeError naming value and fix: a month outside the calendar, an assumption, hours or price out of range. */
export function monthlyCost(profile: ProfileName, options: CostOptions): CostReport {
  const model = modelOf(profile, options);
  checkOptions(model, options);
  const { items, unpriced } = priced(model, model.choices);
  const { month, region, nowMs, choices, runnerHours } = model;
  return costReportSchema.parse({
    schema: 'cost.v1',
    asOf: dayOf(nowMs),
    profile,
    region,
    month,
    choices: { ...choices, runnerHours },
    items,
    unpriced,
    totalUsdMicro: items.length === 0 ? null : addUp(items),
    sensitivity: sensitivityOf(items),
    assumptions: assumptionsOf(model, options),
    networkUsdMicro: networkEitherWay(model),
    stalePrices: [...new Set(items.filter(({ price }) => price.isStale).map(({ price }) => price.id))],
    notCounted: notCounted(),
  } satisfies CostReport);
}

function modelOf(profile: ProfileName, options: CostOptions): Model {
  const { nowMs, assume = {}, prices = {}, runnerHours = null } = options;
  const defaults = PROFILES[profile];
  return {
    profile,
    nowMs,
    runnerHours,
    month: monthOf(options.month ?? dayOf(nowMs).slice(0, 7)),
    region: options.region ?? DEFAULT_REGION,
    choices: {
      symbols: options.symbols ?? defaults.symbols,
      gpu: options.gpu ?? defaults.gpu,
      network: options.network ?? defaults.network,
      multiAz: options.multiAz ?? defaults.multiAz,
    },
    book: priceBook(prices, nowMs),
    range: (name) => assume[name] ?? assumedRange(name, profile),
    used: new Set(),
  };
}

function checkOptions({ profile, month }: Model, { assume = {}, prices = {}, runnerHours = 0 }: CostOptions): void {
  for (const [name, range] of Object.entries(assume)) checkRange(name, range);
  if (!(runnerHours >= 0 && runnerHours <= month.hours))
    throw new RangeError(`runner hours ${runnerHours}: ${month.name} has ${month.hours}; give 0 to ${month.hours}`);
  const known = priceIdsOf(profile);
  for (const [id, usd] of Object.entries(prices)) {
    if (!known.includes(id))
      throw new RangeError(`profile ${profile} has no price '${id}'; it has: ${known.join(', ')}`);
    if (!(usd > 0 && usd <= USD_MAX))
      throw new RangeError(`price ${id}: ${usd} is not above 0 and up to ${USD_MAX} USD`);
  }
}

function checkRange(name: string, { low, mid, high }: Range): void {
  if (!(ASSUMPTION_NAMES as readonly string[]).includes(name))
    throw new RangeError(`there is no assumption '${name}'; there are: ${ASSUMPTION_NAMES.join(', ')}`);
  const { max, unit } = assumptionOf(name as AssumptionName);
  if (!(low >= 0 && low <= mid && mid <= high && high <= max))
    throw new RangeError(`assumption ${name}: ${low}:${mid}:${high} is not rising within 0 and ${max} ${unit}`);
}

function priced(model: Model, choices: Choices): { items: CostItem[]; unpriced: UnpricedItem[] } {
  const items: CostItem[] = [];
  const unpriced: UnpricedItem[] = [];
  for (const line of lineItems(model.profile, choices)) {
    const { quantity, unknown } = quantityOf(line, model, choices);
    const price = model.book.find(line.priceId, model.region);
    if (quantity === null || price === null) unpriced.push(unpricedItem(line, quantity, unknown, model));
    else items.push(costItem(line, quantity, price, model.nowMs));
  }
  return { items, unpriced };
}

function quantityOf(
  line: LineItem,
  model: Model,
  choices: Choices,
): { quantity: Range | null; unknown: AssumptionName[] } {
  const unknown = new Set<AssumptionName>();
  const worldIn = (which: Case): CostInputs => ({
    ...choices,
    month: model.month,
    runnerHours: model.runnerHours,
    a: (name) => {
      model.used.add(name);
      const range = model.range(name);
      if (range === null) unknown.add(name);
      return range?.[which] ?? Number.NaN;
    },
  });
  const quantity = rangeOf((which) => Math.round(line.quantity(worldIn(which)) * MICRO) / MICRO);
  return { quantity: unknown.size > 0 ? null : quantity, unknown: [...unknown] };
}

function costItem({ id, group, label, unit }: LineItem, quantity: Range, price: Price, nowMs: number): CostItem {
  return {
    id,
    group,
    label,
    unit,
    quantity,
    usdMicro: rangeOf((which) => usdMicroOf(quantity[which], price.usd)),
    price: {
      id: price.id,
      usd: price.usd,
      source: price.source,
      capturedOn: price.capturedOn,
      quality: price.quality,
      ageDays: priceAgeDays(price, nowMs),
      isStale: isStale(price, nowMs),
    },
  };
}

/** Exact for quantities of six decimals and prices of twelve; rounds half up, once for each line. */
function usdMicroOf(quantity: number, usd: number): number {
  const exact = BigInt(Math.round(quantity * MICRO)) * usdPico(usd);
  return Number((exact + PICO_PER_MICRO / 2n) / PICO_PER_MICRO);
}

function unpricedItem(
  { id, group, label, unit, priceId }: LineItem,
  quantity: Range | null,
  unknown: AssumptionName[],
  { book, region }: Model,
): UnpricedItem {
  const hasPrice = book.find(priceId, region) !== null;
  const elsewhere = book.regionsOf(priceId);
  const rate = elsewhere.length === 0 ? 'no verified rate' : `no rate in ${region}, only in ${elsewhere.join(', ')}`;
  const reason = [...unknown.map((name) => `${name} is not known`), ...(hasPrice ? [] : [rate])].join('; ');
  return { id, group, label, unit, priceId, quantity, unknown, hasPrice, reason };
}

function networkEitherWay(model: Model): CostReport['networkUsdMicro'] {
  if (model.profile === 'workstation') return null;
  const [nat, endpoints] = (['nat', 'endpoints'] as const).map((network) => {
    const { items, unpriced } = priced(model, { ...model.choices, network });
    const isWhole = !unpriced.some(({ group }) => group === 'network');
    return isWhole ? addUp(items.filter(({ group }) => group === 'network')) : null;
  });
  return nat && endpoints ? { nat, endpoints } : null;
}

function assumptionsOf(model: Model, { assume = {} }: CostOptions): CostReport['assumptions'] {
  const used = ASSUMPTION_NAMES.filter((name) => model.used.has(name));
  return used.map((name) => ({
    name,
    unit: assumptionOf(name).unit,
    range: model.range(name),
    isGiven: assume[name] !== undefined,
    why: assumptionOf(name).why,
  }));
}

function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
