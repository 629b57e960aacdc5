/**
 * Writes docs/queues.md, the table of what each queue endpoint keeps of the contract, from the suite's own lists:
 * scripts/with-node node scripts/queue-contract.ts
 */

import { writeFileSync } from 'node:fs';
import { queueDocument } from '../test/support/queues/contract/document.ts';

writeFileSync(new URL('../docs/queues.md', import.meta.url), queueDocument());
