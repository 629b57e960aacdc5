/**
 * Prices: each with its source, each flagged when it is old, each used by something.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lineItems } from '../../../../stacks/cost/items.ts';
import { monthlyCost } from '../../../../stacks/cost/monthly-cost.ts';
import { isStale, parsePrices, type Price, priceAgeDays, usdPico } from '../../../../stacks/cost/price-row.ts';
import { GPU_NAMES, NETWORK_NAMES, PROFILE_NAMES, PROFILES } from '../../../../stacks/cost/profiles.ts';

const FOLDER = new URL('../../../../stacks/pricing/', import.meta.url);
const files = readdirSync(FOLDER);
const rows: Price[] = files.flatMap((file) =>
  parsePrices(file, JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))),
);

const lines = PROFILE_NAMES.flatMap((profile) =>
  GPU_NAMES.flatMap((gpu) =>
    NETWORK_NAMES.flatMap((network) =>
      [true, false].flatMap((multiAz) => lineItems(profile, { ...PROFILES[profile], gpu, network, multiAz })),
    ),
  ),
);

const ROW = {
  id: 'moon.gb-month',
  service: 'Moon',
  item: 'storage',
  unit: 'GB-month',
  usd: 0.1,
  region: 'us-east-1',
  source: 'moon.example',
  capturedOn: '2026-08-30',
  quality: 'weak',
};

describe('a recorded price', () => {
  it('is in a file of its own service, and every file is read', () => {
    const used = new Set(monthlyCost('growth', { nowMs: 0, month: '2026-12' }).items.map(({ price }) => price.id));
    expect(rows.length).toBeGreaterThan(20);
    const faults = files.flatMap((file) => {
      const inside = parsePrices(file, JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
      const services = new Set(inside.map(({ service }) => service));
      const isRead = inside.some(({ id }) => used.has(id));
      return services.size === 1 && isRead ? [] : [`${file}: ${[...services].join(', ')}, read: ${isRead}`];
    });
    expect(faults).toEqual([]);
  });

  it('is used by a line of some profile, in the unit of that line', () => {
    expect(rows.filter(({ id }) => !lines.some(({ priceId }) => priceId === id)).map(({ id }) => id)).toEqual([]);
    const units = lines.flatMap(({ priceId, unit }) => {
      const row = rows.find(({ id }) => id === priceId);
      return row === undefined || row.unit === unit ? [] : [`${priceId}: ${row.unit}, not ${unit}`];
    });
    expect(units).toEqual([]);
  });

  it('is kept to the last digit that it is quoted with', () => {
    expect(usdPico(0.0000133334)).toBe(13_333_400n);
    expect(usdPico(0.8048)).toBe(804_800_000_000n);
  });

  it.each<[string, object, string]>([
    ['without a source', { source: undefined }, 'source'],
    ['with a blank source', { source: ' ' }, 'source'],
    ['without a date', { capturedOn: undefined }, 'capturedOn'],
    ['with an invalid date', { capturedOn: '2026-02-30' }, 'capturedOn'],
    ['with a date in words', { capturedOn: 'last summer' }, 'capturedOn'],
    ['of nothing', { usd: 0 }, 'usd'],
    ['below nothing', { usd: -1 }, 'usd'],
    ['in words', { usd: '0.1' }, 'usd'],
    ['of unknown quality', { quality: 'given' }, 'quality'],
    ['without a region', { region: '' }, 'region'],
    ['with a field too many', { note: 'x' }, 'note'],
  ])('is refused %s', (_what, change, field) => {
    expect(() => parsePrices('moon', [{ ...ROW, ...change }])).toThrow(/^stacks\/pricing\/moon\.json: /);
    expect(() => parsePrices('moon', [{ ...ROW, ...change }])).toThrow(field);
  });

  it('is refused twice in one region, and taken once in each of two', () => {
    expect(() => parsePrices('moon', [ROW, ROW])).toThrow('moon.gb-month in us-east-1 is there twice');
    expect(parsePrices('moon', [ROW, { ...ROW, region: 'eu-west-1' }])).toHaveLength(2);
  });
});

describe('the age of a price', () => {
  it.each<[capturedOn: string | null, now: string, ageDays: number | null, stale: boolean]>([
    ['2026-08-30', '2026-11-28T00:00:00Z', 90, false],
    ['2026-08-30', '2026-11-28T23:59:59Z', 90, false],
    ['2026-08-30', '2026-11-29T00:00:00Z', 91, true],
    ['2026-11-28', '2026-11-28T12:00:00Z', 0, false],
    ['2026-09', '2026-11-30T00:00:00Z', 90, false],
    ['2026-09', '2026-12-01T00:00:00Z', 91, true],
    ['2026', '2026-04-01T00:00:00Z', 90, false],
    ['2026', '2026-11-28T00:00:00Z', 331, true],
    [null, '2026-11-28T00:00:00Z', null, true],
  ])('of %s at %s is %s days, stale: %s', (capturedOn, now, ageDays, stale) => {
    const nowMs = Date.parse(now);
    expect(priceAgeDays({ capturedOn }, nowMs)).toBe(ageDays);
    expect(isStale({ capturedOn }, nowMs)).toBe(stale);
  });

  it('is shown with every item, and old prices are listed, by the clock of the caller', () => {
    const at = (day: string) => monthlyCost('paper', { nowMs: Date.parse(day), month: '2026-12' });
    const [fresh, later] = [at('2026-08-20'), at('2026-11-28')];
    const gpu = (report: typeof fresh) => report.items.find(({ id }) => id === 'gpu-inference')!.price;
    expect(gpu(fresh)).toMatchObject({ ageDays: 3, isStale: false });
    expect(gpu(later)).toMatchObject({ ageDays: 103, isStale: true });
    expect(fresh.stalePrices).not.toContain('ec2.g6-xlarge-hour');
    expect(later.stalePrices).toContain('ec2.g6-xlarge-hour');
    // Without a date it is never fresh.
    expect(fresh.stalePrices).toContain('secrets.secret-month');
  });
});
