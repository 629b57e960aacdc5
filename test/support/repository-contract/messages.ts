/**
 * The contract of inbox, outbox and quarantine, repeats and failures included.
 */

import { describe, expect, it } from 'vitest';
import { note } from '../messages.ts';
import type { Bench } from './bench.ts';

export function messagesContract(bench: Bench): void {
  inboxContract(bench);
  outboxContract(bench);
  quarantineContract(bench);
}

function inboxContract(bench: Bench): void {
  describe('the inbox', () => {
    it('gives a message to one consumer once', async () => {
      expect(await bench.inTransaction(({ inbox }) => inbox.claim('ingest', bench.runId))).toBe(true);
      expect(await bench.inTransaction(({ inbox }) => inbox.claim('ingest', bench.runId))).toBe(false);
      expect(await bench.inTransaction(({ inbox }) => inbox.claim('risk', bench.runId))).toBe(true);
    });

    it('gives a message claimed by a transaction that failed to the next one', async () => {
      const failure = bench.inTransaction(async ({ inbox }) => {
        await inbox.claim('ingest', bench.runId);
        throw new Error('handler failed');
      });
      await expect(failure).rejects.toThrow('handler failed');
      expect(await bench.inTransaction(({ inbox }) => inbox.claim('ingest', bench.runId))).toBe(true);
    });

    it('tells what a consumer has committed', async () => {
      await bench.inTransaction(({ inbox }) => inbox.claim('ingest', bench.runId));
      expect(await bench.inTransaction(({ inbox }) => inbox.has('ingest', bench.runId))).toBe(true);
      expect(await bench.inTransaction(({ inbox }) => inbox.has('signal', bench.runId))).toBe(false);
    });

    it('gives a message to one of two transactions that claim it at once', async () => {
      const claims = await Promise.all(
        [1, 2, 3, 4].map(() => bench.inTransaction(({ inbox }) => inbox.claim('signal', bench.runId))),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });
  });
}

function outboxContract(bench: Bench): void {
  describe('the outbox', () => {
    const first = () => note({ id: `${bench.runId}/1`, data: { text: 'kept: é ✓ "quoted" \\' } });
    const second = () => note({ id: `${bench.runId}/2` });
    const waiting = async () =>
      (await bench.inTransaction(({ outbox }) => outbox.unpublished(null, 0, 1_000))).filter(({ outboxId }) =>
        outboxId.startsWith(`${bench.runId}/`),
      );

    it('returns unpublished messages whole, in the order they were stored', async () => {
      await bench.inTransaction(({ outbox }) =>
        outbox.add('ingest', 'cause', [
          { queue: 'bars-ready', envelope: first() },
          { queue: 'orders', envelope: second() },
        ]),
      );
      expect(await waiting()).toEqual([
        { outboxId: `${bench.runId}/1`, queue: 'bars-ready', envelope: first() },
        { outboxId: `${bench.runId}/2`, queue: 'orders', envelope: second() },
      ]);
    });

    it('leaves a message stored before as it was', async () => {
      await bench.inTransaction(({ outbox }) => outbox.add('risk', 'cause', [{ queue: 'orders', envelope: first() }]));
      const changed = { ...first(), data: { text: 'changed' } };
      await bench.inTransaction(({ outbox }) => outbox.add('risk', 'cause', [{ queue: 'orders', envelope: changed }]));
      expect((await waiting()).map(({ envelope }) => envelope.data)).toEqual([first().data]);
    });

    it('returns what a writer answered to one message, published or not', async () => {
      await bench.inTransaction(async ({ outbox }) => {
        await outbox.add('risk', `${bench.runId}/cause`, [{ queue: 'orders', envelope: first() }]);
        await outbox.add('risk', `${bench.runId}/other`, [{ queue: 'orders', envelope: second() }]);
        await outbox.markPublished([`${bench.runId}/1`]);
      });
      const answers = await bench.inTransaction(({ outbox }) => outbox.causedBy('risk', `${bench.runId}/cause`));
      expect(answers).toEqual([{ outboxId: `${bench.runId}/1`, queue: 'orders', envelope: first() }]);
      expect(await bench.inTransaction(({ outbox }) => outbox.causedBy('signal', `${bench.runId}/cause`))).toEqual([]);
    });

    it('forgets what is published, and returns nothing younger than asked for', async () => {
      await bench.inTransaction(({ outbox }) =>
        outbox.add('risk', 'cause', [
          { queue: 'orders', envelope: first() },
          { queue: 'orders', envelope: second() },
        ]),
      );
      await bench.inTransaction(({ outbox }) => outbox.markPublished([`${bench.runId}/1`]));
      expect((await waiting()).map(({ outboxId }) => outboxId)).toEqual([`${bench.runId}/2`]);
      expect(await bench.inTransaction(({ outbox }) => outbox.unpublished('risk', 3_600_000, 1_000))).toEqual([]);
      const ofOthers = await bench.inTransaction(({ outbox }) => outbox.unpublished('gateway', 0, 1_000));
      expect(ofOthers).toEqual([]);
    });
  });
}

function quarantineContract(bench: Bench): void {
  describe('the quarantine', () => {
    const entry = (body: string) => ({
      source: `minutes.fifo/${bench.runId}`,
      reason: 'not JSON',
      field: 'body',
      value: body.slice(0, 10),
      fix: 'send JSON',
      body,
    });
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
      expect(await copies(bench.runId)).toEqual([
        { messageId: 'minute/1', source, reason: 'schema', field: 'body' },
        { messageId: 'signal/1', source, reason: 'late', field: 'body' },
        { messageId: 'minute/1', source, reason: 'schema', field: 'body' },
      ]);
      expect(await copies('another-run')).toEqual([]);
      expect(await parked()).toHaveLength(5);
    });

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

    it('keeps what text in a database cannot hold, and at most 256 KiB of it', async () => {
      await bench.inTransaction(({ quarantine }) => quarantine.add([entry('a\0b'), entry('x'.repeat(300_000))]));
      const [withNul, long] = await parked();
      expect(withNul).toBe('a\uFFFDb');
      expect(long).toHaveLength(256 * 1024);
    });
  });
}
