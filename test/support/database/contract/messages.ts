/**
 * The contract of inbox and outbox, repeats and failures included.
 */

import { describe, expect, it } from 'vitest';
import type { ConsumerName } from '../../../../shared/topology.ts';
import { runConfig } from '../../core/core.ts';
import { feeds } from '../feeds.ts';
import { OPEN_MS, SESSION } from '../trading-rows.ts';
import { note } from '../../messages/messages.ts';
import type { Bench } from './bench.ts';

export function messagesContract(bench: Bench): void {
  inboxContract(bench);
  outboxContract(bench);
  closedSessionContract(bench);
  takenOverContract(bench);
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
      const handled = (consumer: ConsumerName, ...ids: string[]) =>
        bench.inTransaction(async ({ inbox }) => [...(await inbox.handled(consumer, ids))]);
      expect(await handled('ingest', `${bench.runId}/other`, bench.runId)).toEqual([bench.runId]);
      expect(await handled('signal', bench.runId)).toEqual([]);
      expect(await handled('ingest')).toEqual([]);
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

function closedSessionContract(bench: Bench): void {
  describe('the outbox of a closed session', () => {
    it('drops what was sent of a session when its last decision is taken, and nothing else', async () => {
      const { runId } = bench;
      const of = (id: string, session: number) =>
        note({ id: `${runId}/${id}`, runId, data: { session, text: 'an answer' } });
      await bench.inTransaction(async ({ runs, outbox }) => {
        await runs.create(runConfig({ runId }), 'replay');
        for (const session of [SESSION, 20250106]) {
          await runs.openSession({ runId, session, minutes: 2, openMs: OPEN_MS }, feeds());
        }
        const envelopes = [of('sent', SESSION), of('unsent', SESSION), of('next', 20250106), of('none', 0)];
        await outbox.add(
          'risk',
          `${runId}/cause`,
          envelopes.map((envelope) => ({ queue: 'orders', envelope })),
        );
        await outbox.markPublished(['sent', 'next', 'none'].map((id) => `${runId}/${id}`));
      });
      const answers = async () => {
        await bench.inTransaction(({ outbox }) => outbox.forgetClosed());
        const rows = await bench.inTransaction(({ outbox }) => outbox.causedBy('risk', `${runId}/cause`));
        return rows.map(({ outboxId }) => outboxId.slice(runId.length + 1));
      };
      const taken = (minute: number) =>
        bench.inTransaction(({ execution }) => execution.markDecided(runId, SESSION, minute));
      await taken(0);
      expect(await answers()).toEqual(['sent', 'unsent', 'next', 'none']);
      await taken(1);
      expect(await answers()).toEqual(['unsent', 'next', 'none']);
    });

    it('is forgotten without what its consumers have handled: a message that comes again has no effect', async () => {
      const { runId } = bench;
      const claim = (id: string) => bench.inTransaction(({ inbox }) => inbox.claim('risk', `${runId}/${id}`));
      await bench.inTransaction(async ({ runs, execution }) => {
        await runs.create(runConfig({ runId }), 'replay');
        await runs.openSession({ runId, session: SESSION, minutes: 1, openMs: OPEN_MS }, feeds());
        await execution.markDecided(runId, SESSION, 0);
      });
      await claim('handled');
      await bench.inTransaction(({ outbox }) => outbox.forgetClosed());
      expect(await claim('handled')).toBe(false);
      expect(await claim('never-handled')).toBe(true);
    });
  });
}

function takenOverContract(bench: Bench): void {
  describe('the outbox of a run that was left', () => {
    it('drops what was sent when another run takes the book over, wherever it stopped, and nothing else', async () => {
      const { runId } = bench;
      const [left, heir, other] = [`${runId}-left`, `${runId}-heir`, `${runId}-other`] as const;
      const config = (id: string, bookId: string) => runConfig({ runId: id, bookId });
      const at = (id: string) => ({ runId: id, session: SESSION, minutes: 2, openMs: OPEN_MS });
      const answers = async () => {
        await bench.inTransaction(({ outbox }) => outbox.forgetClosed());
        const rows = await bench.inTransaction(({ outbox }) => outbox.causedBy('risk', `${runId}/cause`));
        return rows.map(({ outboxId }) => outboxId.slice(runId.length + 1));
      };
      const say = (id: string) =>
        bench.inTransaction(async ({ outbox }) => {
          const envelopes = ['sent', 'unsent', 'none'].map((name) =>
            note({
              id: `${id}/${name}`,
              runId: id,
              data: { session: name === 'none' ? 0 : SESSION, text: 'an answer' },
            }),
          );
          const messages = envelopes.map((envelope) => ({ queue: 'orders' as const, envelope }));
          await outbox.add('risk', `${runId}/cause`, messages);
          await outbox.markPublished([`${id}/sent`, `${id}/none`]);
        });
      for (const [id, bookId] of [
        [left, runId],
        [other, other],
      ] as const) {
        await bench.inTransaction(async ({ runs }) => {
          await runs.create(config(id, bookId), 'replay');
          await runs.openSession(at(id), feeds());
        });
        await say(id);
      }
      const all = (name: string) => [`${name}/sent`, `${name}/unsent`, `${name}/none`];
      expect(await answers()).toEqual([...all('left'), ...all('other')]);
      await bench.inTransaction(({ runs }) => runs.create(config(heir, runId), 'replay'));
      await say(heir);
      expect(await answers()).toEqual(['left/unsent', ...all('other'), ...all('heir')]);
    });
  });
}
