/**
 * Parsers of the options of `jules cost`. Each throws Problem (exit code 2) naming the option, the value and the fix.
 */

import { ASSUMPTION_NAMES, type AssumptionName, assumptionOf } from '../../../../stacks/cost/assumptions.ts';
import { monthOf } from '../../../../stacks/cost/month.ts';
import type { Range } from '../../../../stacks/cost/range.ts';
import { EXIT_USAGE, messageOf, Problem } from '../../../problem.ts';
import { usageProblem } from '../../options/option-parsers.ts';

export type Assumed = Partial<Record<AssumptionName, Range>>;
export type Prices = Readonly<Record<string, number>>;

const NUMBER = /^\d+(\.\d{1,12})?$/;
const PRICE_USD_MAX = 1_000_000;

export function parseMonth(text: string): string {
  try {
    return monthOf(text).name;
  } catch (cause) {
    const fix = 'give a month such as --month 2026-12';
    throw new Problem(`--month: ${messageOf(cause)}`, { fix, exitCode: EXIT_USAGE, cause });
  }
}

export function collectAssumption(text: string, before: Assumed = {}): Assumed {
  const { name, value } = pairOf('--set', text, 'training-hours=0:10:40');
  const known = ASSUMPTION_NAMES.find((each) => each === name);
  if (known === undefined)
    throw usageProblem('--set', text, 'names no assumption', `give one of: ${ASSUMPTION_NAMES.join(', ')}`);
  return { ...before, [known]: parseRange(known, text, value) };
}

export function collectPrice(text: string, before: Prices = {}): Prices {
  const { name, value } = pairOf('--price', text, 'power.kwh=0.30');
  const usd = Number(value);
  if (NUMBER.test(value) && usd > 0 && usd <= PRICE_USD_MAX) return { ...before, [name]: usd };
  throw usageProblem(
    '--price',
    text,
    'is not a price',
    `give dollars above 0 and up to ${PRICE_USD_MAX}: ${name}=0.30`,
  );
}

function parseRange(name: AssumptionName, text: string, value: string): Range {
  const parts = value.split(':');
  const [low = 0, mid = low, high = low] = parts.map(Number);
  const { max, unit } = assumptionOf(name);
  const isRising = low <= mid && mid <= high && high <= max;
  if ((parts.length === 1 || parts.length === 3) && parts.every((part) => NUMBER.test(part)) && isRising)
    return { low, mid, high };
  throw usageProblem(
    '--set',
    text,
    'is not a number or a rising range',
    `give one number or low:mid:high, from 0 to ${max} ${unit}: ${name}=${low || 1}`,
  );
}

function pairOf(option: string, text: string, example: string): { name: string; value: string } {
  const [name = '', value = '', ...rest] = text.split('=');
  if (name !== '' && value !== '' && rest.length === 0) return { name, value };
  throw usageProblem(option, text, 'is not of the form name=value', `write it as ${option} ${example}`);
}
