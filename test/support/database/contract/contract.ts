/**
 * The contract of all repositories, as one call: every adapter's test makes it with a database of its own.
 */

import { auditContract } from './audit.ts';
import { barsContract } from './bars.ts';
import { openBench, type Subject } from './bench.ts';
import { constraintsContract } from './constraints.ts';
import { executionContract } from './execution.ts';
import { ledgerContract } from './ledger.ts';
import { messagesContract } from './messages.ts';
import { quarantineContract } from './quarantine.ts';
import { runsContract } from './runs.ts';

export type { Look, Subject } from './bench.ts';

export function repositoriesContract(open: () => Promise<Subject>): void {
  const bench = openBench(open);
  for (const contract of [
    messagesContract,
    quarantineContract,
    barsContract,
    runsContract,
    executionContract,
    auditContract,
    ledgerContract,
    constraintsContract,
  ]) {
    contract(bench);
  }
}
