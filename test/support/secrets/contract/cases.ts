/**
 * Every case of the contract that does not need a rotation function.
 */

import { LIFECYCLE_CASES } from './lifecycle.ts';
import { LIST_CASES } from './lists-and-passwords.ts';
import { STAGE_CASES } from './stages.ts';
import type { ContractCase } from './subject.ts';
import { VERSION_CASES } from './versions.ts';

export const CONTRACT_CASES: readonly ContractCase[] = [
  ...VERSION_CASES,
  ...STAGE_CASES,
  ...LIFECYCLE_CASES,
  ...LIST_CASES,
].toSorted((a, b) => a.operation.localeCompare(b.operation));
