/**
 * Rewrites the generated part of docs/cost.md. A test compares it, so that it cannot rot.
 *
 * scripts/with-node node scripts/cost-document.ts --write                     as of its own date
 * scripts/with-node node scripts/cost-document.ts --write --as-of 2027-01-04  as of another, for the month of it
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withCosts } from './cost-text.ts';

const DOCUMENT = new URL('../docs/cost.md', import.meta.url);

const { values } = parseArgs({ options: { write: { type: 'boolean' }, 'as-of': { type: 'string' } } });
const before = readFileSync(DOCUMENT, 'utf8');
const after = withCosts(before, values['as-of']);
if (values.write) writeFileSync(DOCUMENT, after);
else if (after !== before) {
  console.error('docs/cost.md is not what the model says; write it again with:');
  console.error('scripts/with-node node scripts/cost-document.ts --write');
  process.exitCode = 1;
}
