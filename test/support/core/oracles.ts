/**
 * Reading oracles and comparing with them: the committed fixtures, and those beside the repository with real bars.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = join(import.meta.dirname, '../../fixtures/oracles');
/** The folder that holds the repository; the file names inside the recorded oracles start here. */
const BESIDE = join(import.meta.dirname, '../../../..');

/** A number as oracles write it; a refusal of the library is 'error:Type', and null is "not yet". */
export type OracleNumber = number | string | null;

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** False where the recorded data does not lie beside the repository; tests that need it then skip. */
export const hasSharedData = existsSync(join(BESIDE, 'shared/data/oracles'));

export function readFixture<Content>(name: 'indicators' | 'metrics' | 'calendar' | 'costs'): Content {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Content;
}

/** `path` starts with `shared/data/`. */
export function readBeside(path: string): string {
  return readFileSync(join(BESIDE, path), 'utf8');
}

/** Lines such as `14: got 61.2, oracle 61.3` for every place where the two disagree; null agrees with anything. */
export function disagreements(
  actual: readonly number[],
  oracle: readonly OracleNumber[],
  tolerance: Tolerance,
): string[] {
  if (actual.length !== oracle.length) return [`${actual.length} values for ${oracle.length} of the oracle`];
  return actual.flatMap((value, index) => {
    const expected = oracle[index] ?? null;
    return expected === null || agree(value, Number(expected), tolerance)
      ? []
      : [`${index}: got ${value}, oracle ${expected}`];
  });
}

function agree(actual: number, expected: number, { relative, absolute }: Tolerance): boolean {
  if (!Number.isFinite(expected)) return Object.is(actual, expected);
  return Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected));
}
