/**
 * What a run and the version that continues it must agree on. Of another commit nothing else is asked: a change that
 * touches none of these leaves a run as it was.
 */

import { featureSchemaHash, LEDGER_VERSION } from '../domain/ledger/ledger.ts';
import type { RunConfig } from '../domain/run/run-config.ts';
import { barsReadyV1 } from './bars-ready.v1.ts';
import { commandV2 } from './command.v2.ts';
import { decisionV2 } from './decision.v2.ts';
import { minuteV2 } from './minute.v2.ts';
import { parkedV1 } from './parked.v1.ts';
import { pulseV1 } from './pulse.v1.ts';
import { signalV1 } from './signal.v1.ts';

export interface RunVersions {
  readonly ledger: string;
  /** Hash of the observation's schema. */
  readonly features: string;
  /** The messages that are sent, each in its version. */
  readonly contracts: string;
  readonly policy: string;
}

/** Those that are sent; older versions may still be read. */
const SENT = [minuteV2, barsReadyV1, signalV1, decisionV2, parkedV1, commandV2, pulseV1];

export function runVersions({ symbols, policy }: Pick<RunConfig, 'symbols' | 'policy'>): RunVersions {
  const contracts = SENT.map(({ type, version }) => `${type}.v${version}`).join(' ');
  return { ledger: LEDGER_VERSION, features: featureSchemaHash(symbols.length), contracts, policy };
}

export interface VersionDifference {
  readonly name: keyof RunVersions;
  readonly before: string;
  readonly now: string;
}

/** The first in which the two differ; null: the run can be continued. */
export function versionDifference(before: RunVersions, now: RunVersions): VersionDifference | null {
  const names = ['ledger', 'features', 'contracts', 'policy'] as const;
  const name = names.find((each) => before[each] !== now[each]);
  return name === undefined ? null : { name, before: before[name], now: now[name] };
}
