/**
 * Which emulators this machine has, and why a suite that needs them is skipped.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EmulatorKind } from '../../../local/emulators/emulator.ts';
import { LOCALSTACK } from '../../../local/emulators/localstack/localstack.ts';
import { MINISTACK } from '../../../local/emulators/ministack/ministack.ts';

const ROOT = join(import.meta.dirname, '../../..');

export const EMULATORS = [MINISTACK, LOCALSTACK] as const;

/** False until its make-venv has run. */
export function isInstalled(kind: EmulatorKind): boolean {
  return existsSync(join(ROOT, kind.venv, 'bin', kind.command[0]));
}

export function whySkipped(kind: EmulatorKind): string {
  return isInstalled(kind) ? '' : ` (skipped: run ${kind.makeVenv} first)`;
}
