/**
 * How far the month moves when one of its three largest items does, the others staying in the middle.
 */

import { type Range, rangeOf } from './range.ts';
import type { CostItem, CostReport } from './report.ts';

const LARGEST_COUNT = 3;

export function addUp(items: readonly CostItem[]): Range {
  return rangeOf((which) => items.reduce((sum, { usdMicro }) => sum + usdMicro[which], 0));
}

export function sensitivityOf(items: readonly CostItem[]): CostReport['sensitivity'] {
  const { mid } = addUp(items);
  const largest = items.toSorted((a, b) => b.usdMicro.mid - a.usdMicro.mid).slice(0, LARGEST_COUNT);
  return largest.map(({ id, label, usdMicro }) => {
    const hasRange = usdMicro.low < usdMicro.high;
    const half = Math.round(usdMicro.mid / 2);
    const own = hasRange ? usdMicro : { low: usdMicro.mid - half, high: usdMicro.mid + half };
    const rest = mid - usdMicro.mid;
    return {
      id,
      label,
      by: hasRange ? ('own range' as const) : ('±50 %' as const),
      totalUsdMicro: { low: rest + own.low, high: rest + own.high },
    };
  });
}
