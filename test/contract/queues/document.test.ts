/**
 * docs/queues.md says what the lists of the queue contract say, and every answer to a difference has its test.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANSWERS } from '../../support/queues/contract/answers.ts';
import { ALL_CASES } from '../../support/queues/contract/cases.ts';
import { QUEUE_DIFFERENCES } from '../../support/queues/contract/differences.ts';
import { queueDocument } from '../../support/queues/contract/document.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the table of the queue endpoints', () => {
  it('is what the contract says; scripts/with-node node scripts/queue-contract.ts writes it', () => {
    expect(read('docs/queues.md')).toBe(queueDocument());
  });

  it('lists nothing that is not a case, and nothing twice', () => {
    const known = new Set(ALL_CASES.map(({ topic, name }) => `${topic}: ${name}`));
    const listed = QUEUE_DIFFERENCES.map(({ endpoint, topic, name }) => ({ endpoint, case: `${topic}: ${name}` }));
    expect(listed.filter((each) => !known.has(each.case))).toEqual([]);
    expect(new Set(listed.map((each) => JSON.stringify(each))).size).toBe(listed.length);
    expect(known.size).toBe(ALL_CASES.length);
  });

  it.each(Object.entries(ANSWERS))('answers with %s, which a test of that name proves', (name, { proof }) => {
    expect(read(proof.file)).toContain(`it('${proof.test}'`);
    expect(QUEUE_DIFFERENCES.some(({ answer }) => answer === name)).toBe(true);
  });
});
