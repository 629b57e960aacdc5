/**
 * The contract of the audit log: chains without gaps, one writer each, and nothing twice.
 */

import { describe, expect, it } from 'vitest';
import { EMPTY_CHAIN } from '../../../../shared/domain/audit/chain.ts';
import { ChainVerifier } from '../../../../shared/domain/audit/verify.ts';
import { auditEntry } from '../audit-rows.ts';
import type { Bench } from './bench.ts';

export function auditContract(bench: Bench): void {
  const chain = () => `${bench.runId}/risk`;
  const entries = (...bodies: string[]) => bodies.map((body) => auditEntry({ body: JSON.stringify(body) }));
  const append = (causeId: string, ...bodies: string[]) =>
    bench.inTransaction(({ audit }) => audit.append({ chain: chain(), causeId, entries: entries(...bodies) }));
  const bodies = async () => (await bench.look.auditRows(chain())).map(({ body }) => JSON.parse(body) as string);

  describe('the audit log', () => {
    it('keeps what is appended, in order, as a chain that verifies', async () => {
      await append('a', 'one', 'two');
      await append('b', 'kept: é ✓ "quoted" \\ \0');
      await append('', 'three');
      const rows = await bench.look.auditRows(chain());
      expect(rows[0]).toMatchObject({ ...auditEntry(), body: '"one"', chain: chain(), sequence: 1, causeId: 'a' });
      expect(rows[0]?.previousHash).toBe(EMPTY_CHAIN.hash);
      const verifier = new ChainVerifier(chain(), []);
      for (const row of rows) verifier.add(row);
      expect(verifier.end()).toBeNull();
      expect(await bodies()).toEqual(['one', 'two', 'kept: é ✓ "quoted" \\ \0', 'three']);
    });

    it('does not append again what the chain ends with, since a commit may hold unheard', async () => {
      await append('a', 'one', 'two');
      await append('a', 'one', 'two');
      await append('b', 'three');
      expect(await bodies()).toEqual(['one', 'two', 'three']);
    });

    it('appends without a cause as often as it is asked', async () => {
      await append('', 'one');
      await append('', 'one');
      expect(await bodies()).toEqual(['one', 'one']);
    });

    it('goes on from what was committed after a transaction that failed', async () => {
      await append('a', 'one');
      const failure = bench.inTransaction(async ({ audit }) => {
        await audit.append({ chain: chain(), causeId: 'b', entries: entries('never') });
        throw new Error('handler failed');
      });
      await expect(failure).rejects.toThrow('handler failed');
      await append('c', 'two');
      expect(await bodies()).toEqual(['one', 'two']);
    });

    it('takes several appends of one transaction, and chains apart from each other', async () => {
      const other = `${bench.runId}/fills`;
      await bench.inTransaction(async ({ audit }) => {
        await audit.append({ chain: chain(), causeId: 'a', entries: entries('one') });
        await audit.append({ chain: other, causeId: 'a', entries: entries('elsewhere') });
        await audit.append({ chain: chain(), causeId: 'b', entries: entries('two') });
        await audit.append({ chain: chain(), causeId: 'c', entries: [] });
      });
      expect(await bodies()).toEqual(['one', 'two']);
      expect(await bench.look.auditRows(other)).toMatchObject([{ sequence: 1, body: '"elsewhere"' }]);
    });
  });
}
