/**
 * The queue contract, asked of every endpoint that the host can work on through the real client. What an endpoint does
 * otherwise is listed in docs/queues.md; a listed case that begins to pass fails this suite.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUE_CASES } from '../../support/queues/contract/cases.ts';
import { QUEUE_DIFFERENCES } from '../../support/queues/contract/differences.ts';
import { CONTRACT_ENDPOINTS, type StartedEndpoint } from '../../support/queues/contract/endpoints.ts';
import type { CaseName } from '../../support/queues/contract/subject.ts';
import { RESTART_CASES } from '../../support/queues/contract/upkeep.ts';

for (const endpoint of CONTRACT_ENDPOINTS) {
  describe.skipIf(!endpoint.isInstalled)(`${endpoint.name}${endpoint.whySkipped}`, () => {
    let started: StartedEndpoint;
    beforeAll(async () => {
      started = await endpoint.start();
    });
    afterAll(() => started?.stop());

    const differs = ({ topic, name }: CaseName) =>
      QUEUE_DIFFERENCES.some((each) => each.endpoint === endpoint.name && each.topic === topic && each.name === name);

    // They mostly wait.
    describe.concurrent('on queues of their own', () => {
      it.each(QUEUE_CASES.filter((each) => !differs(each)))('agrees: $topic: $name', async ({ run }) => {
        await expect(run(started.subject)).resolves.toBeUndefined();
      });
      it.each(QUEUE_CASES.filter(differs))('differs, as listed: $topic: $name', async ({ run }) => {
        await expect(run(started.subject)).rejects.toThrow(/./);
      });
    });
    describe('over a restart', () => {
      const checks = new Map<string, () => Promise<void>>();
      beforeAll(async () => {
        for (const { name, arrange } of RESTART_CASES) checks.set(name, await arrange(started.subject));
        await started.subject.restart();
      });
      const check = async ({ name }: CaseName) => {
        const held = checks.get(name);
        if (held === undefined) throw new Error(`${name} was not arranged`);
        await held();
      };

      it.each(RESTART_CASES.filter((each) => !differs(each)))('agrees: $topic: $name', async (each) => {
        await expect(check(each)).resolves.toBeUndefined();
      });
      it.each(RESTART_CASES.filter(differs))('differs, as listed: $topic: $name', async (each) => {
        expect(checks.has(each.name)).toBe(true);
        await expect(check(each)).rejects.toThrow(/./);
      });
    });
  });
}
