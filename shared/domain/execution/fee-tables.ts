/**
 * Fee schedules as dated data. A row is in force from its session date until the next row's; a session before the
 * first row uses the first. `checked` tells rows whose rate and date were both read in a quoted source from
 * rows still to be verified.
 *
 * Sources and open questions: docs/decisions/0004-fees.md
 */

import type { UsdE4 } from '../units/units.ts';

export const FEE_TABLE_NAMES = ['tiered', 'fixed'] as const;
export type FeeTableName = (typeof FEE_TABLE_NAMES)[number];

export interface DatedRate {
  readonly from: number;
  readonly source: string;
  readonly checked: boolean;
}

/** Section 31 fee on proceeds, in tenths of a dollar per million: whole numbers, so arithmetic stays exact. */
export interface SecRate extends DatedRate {
  readonly tenthsUsdPerMillion: number;
}

/** FINRA trading activity fee per share sold, in 1e-6 USD, with its cap per trade. */
export interface TafRate extends DatedRate {
  readonly microUsdPerShare: number;
  readonly capE4: UsdE4;
}

export interface FeeTable {
  readonly name: FeeTableName | 'bench';
  /** Commission per share in 1e-6 USD. */
  readonly commissionMicroUsdPerShare: number;
  readonly commissionMinimumE4: UsdE4;
  /** Cap as basis points of trade value; it beats the minimum. */
  readonly commissionCapBps: number;
  /** Exchange and clearing pass-through per share in 1e-6 USD: a stated flat rate. */
  readonly exchangeMicroUsdPerShare: number;
  readonly sec: readonly SecRate[];
  readonly taf: readonly TafRate[];
}

const SEC: readonly SecRate[] = [
  { from: 20_100_101, tenthsUsdPerMillion: 257, source: 'SEC release 2009-270 (rate before)', checked: true },
  { from: 20_100_115, tenthsUsdPerMillion: 127, source: 'SEC release 2009-270', checked: true },
  { from: 20_100_401, tenthsUsdPerMillion: 169, source: 'FINRA information notice 2010-03-10', checked: true },
  { from: 20_110_121, tenthsUsdPerMillion: 192, source: 'SEC release 2010-255', checked: true },
  { from: 20_120_221, tenthsUsdPerMillion: 180, source: 'SEC fee rate advisory 5, fiscal 2012', checked: true },
  { from: 20_120_401, tenthsUsdPerMillion: 224, source: 'SEC release 2012-232: rate, not date', checked: false },
  { from: 20_130_525, tenthsUsdPerMillion: 174, source: 'FINRA notice 2014-03-03: rate, not date', checked: false },
  { from: 20_140_318, tenthsUsdPerMillion: 221, source: 'FINRA information notice 2014-03-03', checked: true },
  { from: 20_150_214, tenthsUsdPerMillion: 184, source: 'SEC fee rate advisory, fiscal 2015', checked: false },
  { from: 20_160_216, tenthsUsdPerMillion: 218, source: 'FINRA notice 2016-03-15: rate, not date', checked: false },
  { from: 20_170_704, tenthsUsdPerMillion: 231, source: 'SEC announcement: $23.10 from 2017-07-04', checked: true },
  { from: 20_180_522, tenthsUsdPerMillion: 130, source: 'FINRA information notice 2018-05-07', checked: true },
  { from: 20_190_416, tenthsUsdPerMillion: 207, source: 'FINRA notice: $13.00 to $20.70 on 2019-04-16', checked: true },
  { from: 20_200_218, tenthsUsdPerMillion: 221, source: 'FINRA information notice 2020-02-03', checked: true },
  { from: 20_210_225, tenthsUsdPerMillion: 51, source: 'FINRA information notice 2021-02-16', checked: true },
  { from: 20_220_514, tenthsUsdPerMillion: 229, source: 'SEC fee rate advisory, fiscal 2022', checked: false },
  { from: 20_230_227, tenthsUsdPerMillion: 80, source: 'broker price list: rate, not date', checked: false },
  { from: 20_240_522, tenthsUsdPerMillion: 278, source: 'FINRA notice 2025-04-24: rate, not date', checked: false },
  { from: 20_250_514, tenthsUsdPerMillion: 0, source: 'FINRA information notice 2025-04-24', checked: true },
  { from: 20_260_404, tenthsUsdPerMillion: 206, source: 'broker price list: rate, not date', checked: false },
];

const TAF: readonly TafRate[] = [
  { from: 20_100_101, microUsdPerShare: 75, capE4: 37_500, source: 'FINRA notice 11-27 (rate before)', checked: true },
  { from: 20_110_701, microUsdPerShare: 90, capE4: 45_000, source: 'FINRA notice 11-27', checked: true },
  { from: 20_120_301, microUsdPerShare: 95, capE4: 47_500, source: 'FINRA notice 12-06', checked: true },
  { from: 20_120_701, microUsdPerShare: 119, capE4: 59_500, source: 'FINRA By-Laws, Schedule A', checked: true },
  {
    from: 20_220_101,
    microUsdPerShare: 130,
    capE4: 64_900,
    source: 'FINRA schedule, SR-FINRA-2020-032',
    checked: true,
  },
  {
    from: 20_230_101,
    microUsdPerShare: 145,
    capE4: 72_700,
    source: 'FINRA schedule, SR-FINRA-2020-032',
    checked: true,
  },
  {
    from: 20_240_101,
    microUsdPerShare: 166,
    capE4: 83_000,
    source: 'FINRA schedule, SR-FINRA-2020-032',
    checked: true,
  },
  {
    from: 20_260_101,
    microUsdPerShare: 195,
    capE4: 97_900,
    source: '89 FR 93709, as reported second-hand',
    checked: false,
  },
];

const TIERED: FeeTable = {
  name: 'tiered',
  commissionMicroUsdPerShare: 3_500,
  commissionMinimumE4: 3_500,
  commissionCapBps: 100,
  exchangeMicroUsdPerShare: 3_000,
  sec: SEC,
  taf: TAF,
};

const FIXED: FeeTable = {
  name: 'fixed',
  commissionMicroUsdPerShare: 5_000,
  commissionMinimumE4: 10_000,
  commissionCapBps: 100,
  exchangeMicroUsdPerShare: 0,
  sec: SEC,
  taf: TAF,
};

/** For comparing engines only: the commission formula their benchmarks use and nothing else. */
const BENCH: FeeTable = { ...FIXED, name: 'bench', sec: [], taf: [] };

export function feeTable(name: FeeTableName | 'bench'): FeeTable {
  return { tiered: TIERED, fixed: FIXED, bench: BENCH }[name];
}

/** The row in force on a session date; null for an empty schedule. */
export function rateOn<Rate extends DatedRate>(rows: readonly Rate[], session: number): Rate | null {
  return rows.findLast((row) => row.from <= session) ?? rows[0] ?? null;
}

/** Whether a session lies behind the last row of a schedule whose rate and date were both read in a quoted source. */
export function isPastCheckedRates(table: FeeTable, session: number): boolean {
  return isPastChecked(table.sec, session) || isPastChecked(table.taf, session);
}

function isPastChecked(rows: readonly DatedRate[], session: number): boolean {
  const inForce = rows.findLastIndex((row) => row.from <= session);
  return inForce !== -1 && rows.slice(inForce).every((row) => !row.checked);
}
