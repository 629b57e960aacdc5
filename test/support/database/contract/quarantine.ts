/**
 * The contract of the quarantine: each delivery once, what is known of it, and what still waits to be sent back.
 */

import { describe, expect, it } from 'vitest';
import type { QuarantineEntry } from '../../../../shared/ports/repositories/messages.ts';
import type { Bench } from './bench.ts';

export function quarantineContract(bench: Bench): void {
  keepingContract(bench);
  listingContract(bench);
}

function keepingContract(bench: Bench): void {
  describe('the quarantine', () => {
    const entry = (body: string) => entryOf(bench, body);
    const parked = () => bench.look.quarantined(`minutes.fifo/${bench.runId}`);

    it('keeps the same thing from the same source once', async () => {
      await bench.twice(({ quarantine }) => quarantine.add([entry('{bad'), entry('worse'), entry('{bad')]));
      expect(await parked()).toEqual(['{bad', 'worse']);
    });

    it('keeps each copy of a message once, however often one is delivered, and tells of them', async () => {
      const copy = (deliveryId: string, messageId = 'minute/1', reason = 'schema') => ({
        ...entry('{bad'),
        reason,
        message: { runId: bench.runId, messageId, deliveryId },
      });
      await bench.twice(({ quarantine }) => quarantine.add([copy('a'), copy('b', 'signal/1', 'late')]));
      await bench.inTransaction(({ quarantine }) => quarantine.add([copy('c'), copy('d', 'minute/2'), entry('{bad')]));
      const copies = (runId: string) =>
        bench.inTransaction(({ quarantine }) => quarantine.copiesOf(runId, ['signal/1', 'minute/1']));
      const source = `minutes.fifo/${bench.runId}`;
      const what = { id: expect.any(Number) as number, field: 'body', value: '{bad', fix: 'send JSON' };
      expect(await copies(bench.runId)).toEqual([
        { messageId: 'minute/1', source, reason: 'schema', ...what },
        { messageId: 'signal/1', source, reason: 'late', ...what },
        { messageId: 'minute/1', source, reason: 'schema', ...what },
      ]);
      expect(new Set((await copies(bench.runId)).map(({ id }) => id)).size).toBe(3);
      expect(await copies('another-run')).toEqual([]);
      expect(await parked()).toHaveLength(5);
    });

    it('keeps what text in a database cannot hold, and at most 256 KiB of it', async () => {
      await bench.inTransaction(({ quarantine }) => quarantine.add([entry('a\0b'), entry('x'.repeat(300_000))]));
      const [withNul, long] = await parked();
      expect(withNul).toBe('a\uFFFDb');
      expect(long).toHaveLength(256 * 1024);
    });
  });
}

function listingContract(bench: Bench): void {
  describe('the list of the quarantine', () => {
    const entry = (body: string) => entryOf(bench, body);

    it('lists what is parked, newest first, and what of it still waits to be sent back', async () => {
      const source = `minutes.fifo/${bench.runId}`;
      const message = { runId: bench.runId, messageId: 'minute/1', deliveryId: 'a' };
      const late = { ...entry('late'), reason: 'late', message: { ...message, deliveryId: 'b' } };
      await bench.inTransaction(({ quarantine }) =>
        quarantine.add([entry('a row'), { ...entry('{bad'), message }, late]),
      );
      const list = (filter: { waiting?: boolean; ids?: number[] }) =>
        bench.inTransaction(async ({ quarantine }) =>
          (await quarantine.list({ ...filter, max: 1_000 })).filter((row) => row.source === source),
        );
      const bodies = async (filter: { waiting?: boolean }) => (await list(filter)).map(({ body }) => body);
      expect(await bodies({})).toEqual(['late', '{bad', 'a row']);
      expect(await bodies({ waiting: true })).toEqual(['{bad']);
      const [row] = await list({ waiting: true });
      expect(row).toMatchObject({ ...entry('{bad'), message, redrivenAtMs: null });
      expect(await list({ ids: [row!.id] })).toEqual([row]);
      const waiting = async () =>
        (await bench.inTransaction(({ quarantine }) => quarantine.waiting())).filter((each) => each.source === source);
      expect(await waiting()).toEqual([{ source, count: 1 }]);

      await bench.inTransaction(({ quarantine }) => quarantine.markRedriven(row!.id));
      expect(await waiting()).toEqual([]);
      expect((await list({ ids: [row!.id] }))[0]?.redrivenAtMs).toEqual(expect.any(Number));
    });
  });
}

function entryOf({ runId }: Bench, body: string): QuarantineEntry {
  const value = body.slice(0, 10);
  return { source: `minutes.fifo/${runId}`, reason: 'not JSON', field: 'body', value, fix: 'send JSON', body };
}
