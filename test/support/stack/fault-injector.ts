/**
 * Spoils a session on purpose, at places that a seed decides: for tests of everything that must survive bad data.
 *
 * The kinds are those seen at real providers. Each bar is spoiled with probability `rate`, by one kind.
 */

import { assert } from '../../../shared/domain/units/units.ts';
import { BarTable } from '../../../shared/domain/market/bar-table.ts';
import { MISSING, PRESENT } from '../../../shared/domain/market/frame.ts';
import { CounterNoise } from '../../../shared/domain/market/generator/counter-noise.ts';

export interface FaultInjection {
  readonly seed: number;
  /** Share of bars to spoil, 0 to 1. */
  readonly rate: number;
}

/** Spoils the bar at `at`; `first` is the index of the symbol's first minute. */
type Fault = (table: BarTable, at: number, first: number) => void;

const JUMP_FACTOR = 3;
const SPIKE_FACTOR = 500;

const FAULTS: Readonly<Record<string, Fault>> = {
  missing: (table, at) => {
    table.status[at] = MISSING;
  },
  priceNotANumber: (table, at) => {
    table.closeE4[at] = Number.NaN;
  },
  priceNegative: (table, at) => {
    table.lowE4[at] = -table.lowE4[at]!;
  },
  rangeCrossed: (table, at) => {
    const highE4 = table.highE4[at]!;
    table.highE4[at] = table.lowE4[at]! - 100;
    table.lowE4[at] = highE4;
  },
  jump: (table, at) => {
    for (const column of [table.openE4, table.highE4, table.lowE4, table.closeE4])
      column[at] = column[at]! * JUMP_FACTOR;
  },
  volumeZero: (table, at) => {
    table.volume[at] = 0;
  },
  volumeSpike: (table, at) => {
    table.volume[at] = table.volume[at]! * SPIKE_FACTOR;
  },
  volumeRunningTotal: (table, at, first) => {
    let total = 0;
    for (let minute = first; minute <= at; minute++) total += table.volume[minute]!;
    table.volume[at] = total;
  },
  volumeFractional: (table, at) => {
    table.volume[at] = table.volume[at]! + 0.5;
  },
  staleRepeat: (table, at, first) => {
    if (at === first || table.status[at - 1] !== PRESENT) return;
    for (const column of [table.openE4, table.highE4, table.lowE4, table.closeE4, table.volume]) {
      column[at] = column[at - 1]!;
    }
  },
};

const KINDS = Object.values(FAULTS);
const STREAM = 0x6661756c;

/** A copy with faults; the table given is left as it was. */
export function injectFaults(table: BarTable, { seed, rate }: FaultInjection): BarTable {
  assert(rate >= 0 && rate <= 1, 'the rate of faults lies between 0 and 1');
  const spoiled = copyOf(table);
  const place = new CounterNoise(seed, STREAM, 0);
  const kind = new CounterNoise(seed, STREAM, 1);
  for (let at = 0; at < spoiled.status.length; at++) {
    if (spoiled.status[at] === MISSING || place.uniform(at) >= rate) continue;
    KINDS[kind.uint32(at) % KINDS.length]!(spoiled, at, at - (at % spoiled.minutes));
  }
  return spoiled;
}

function copyOf(table: BarTable): BarTable {
  const copy = new BarTable(table.symbolCount, table.minutes);
  copy.status.set(table.status);
  copy.openE4.set(table.openE4);
  copy.highE4.set(table.highE4);
  copy.lowE4.set(table.lowE4);
  copy.closeE4.set(table.closeE4);
  copy.volume.set(table.volume);
  copy.faults.set(table.faults);
  return copy;
}
