/**
 * Every contract of a message between processes, with the sample that was stored when its version was new.
 */

import { readFileSync } from 'node:fs';
import { barsReadyV1 } from '../../../shared/contracts/bars-ready.v1.ts';
import { commandV2 } from '../../../shared/contracts/command.v2.ts';
import { decisionV2 } from '../../../shared/contracts/decision.v2.ts';
import type { EventContract } from '../../../shared/contracts/envelope.ts';
import { minuteV2 } from '../../../shared/contracts/minute.v2.ts';
import { parkedV1 } from '../../../shared/contracts/parked.v1.ts';
import { pulseV1 } from '../../../shared/contracts/pulse.v1.ts';
import { signalV1 } from '../../../shared/contracts/signal.v1.ts';

export const CONTRACTS: readonly EventContract<unknown>[] = [
  barsReadyV1,
  commandV2,
  decisionV2,
  minuteV2,
  parkedV1,
  pulseV1,
  signalV1,
];

export const SAMPLES_FOLDER = new URL('../../contract/messages/samples/', import.meta.url);

export function nameOf({ type, version }: EventContract<unknown>): string {
  return `${type}.v${version}`;
}

/** The text of a sample, such as `minute.v2`. */
export function sampleText(name: string): string {
  return readFileSync(new URL(`${name}.json`, SAMPLES_FOLDER), 'utf8');
}
