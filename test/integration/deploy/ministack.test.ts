/**
 * End to end on MiniStack: the deployed functions give the ledger hash of the core; what fails, fails as designed; a
 * schedule fires; and a destroy leaves nothing.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isListening } from '../../../local/deploy/emulator-probe.ts';
import { emulatorPlace } from '../../../local/deploy/place.ts';
import { seedSecrets } from '../../../local/deploy/seed-secrets.ts';
import { readTargetFile, type TargetFile } from '../../../local/deploy/target-file.ts';
import { MINISTACK } from '../../../local/emulators/ministack/ministack.ts';
import type { PeekedMessage } from '../../../local/cli/commands/queues/queue-admin.ts';
import { LOCAL_CREDENTIALS } from '../../../shared/adapters/sqs/client.ts';
import { createSqsQueue, type SqsQueue } from '../../../shared/adapters/sqs/sqs-queue.ts';
import type { Envelope } from '../../../shared/contracts/envelope.ts';
import { type QueueName, topology } from '../../../shared/topology.ts';
import { runConfig, SESSION } from '../../support/core/core.ts';
import { isInstalled, whySkipped } from '../../support/queues/emulators.ts';
import { jules, julesJson } from '../../support/stack/jules.ts';
import { startTestPostgres, type TestPostgres } from '../../support/database/postgres.ts';
import { HOUR, recordedHour } from '../../support/bars/recorded-hour.ts';
import { decision, minute } from '../../support/trading/messages.ts';
import { feeds } from '../../support/database/feeds.ts';

const STACKS = ['jules-local-messaging', 'jules-local-secrets', 'jules-local-functions', 'jules-local-observability'];
/** An event rule fires once a minute; the functions of this stage have two seconds. */
const SCHEDULE_MS_MAX = 120_000;
const TABLE = topology('short');

interface Deployed {
  readonly functions: string;
  readonly stacks: readonly { readonly stack: string; readonly status: string }[];
}

interface Replayed {
  readonly decisions: number;
  readonly ledgerHash: string;
  readonly compare: { readonly equal: boolean; readonly backtestHash: string; readonly firstDifference: unknown };
}

describe.skipIf(!isInstalled(MINISTACK))(`deployed to MiniStack${whySkipped(MINISTACK)}`, () => {
  let folder = '';
  let data: string[] = [];
  let target: TargetFile;
  let deployed: Deployed;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jules-ministack-'));
    data = ['--data', join(folder, 'data')];
    deployed = await julesJson<Deployed>(['deploy', '--target', 'ministack', '--timing', 'short', ...data]);
    target = readTargetFile(data[1]!)!;
  });
  afterAll(async () => {
    await jules(['destroy', ...data]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings the functions up, with queues, secrets and schedules', () => {
    expect(deployed.functions).toBe('target');
    expect(deployed.stacks.map(({ stack, status }) => [stack, status])).toEqual(
      STACKS.map((stack) => [stack, 'CREATE_COMPLETE']),
    );
  });

  it('is what status names', async () => {
    const { stdout } = await jules(['status', ...data]);
    expect(stdout).toContain(`target MiniStack at ${target.endpoint}, region us-east-1, stage local: deployed since`);
  });

  it(`gives ${HOUR} the ledger hash of the backtest`, async () => {
    const hour = recordedHour();
    const replayed = await julesJson<Replayed>(['replay', '--target', 'ministack', '--compare', ...data, ...hour.args]);
    hour.remove();
    expect(replayed.compare).toMatchObject({ equal: true, firstDifference: null });
    expect(replayed.decisions).toBe(60);
  });

  it('gives it again, on the queues and functions that have seen it before', async () => {
    const hour = recordedHour();
    const replayed = await julesJson<Replayed>(['replay', '--target', 'ministack', '--compare', ...data, ...hour.args]);
    hour.remove();
    expect(replayed.compare.equal).toBe(true);
  });

  it('says that the target is in use where another replay runs on it', async () => {
    const postgres = await startTestPostgres(4, target.ports!.postgres);
    const hour = recordedHour();
    const { exitCode, stderr } = await jules(['replay', '--target', 'ministack', ...data, ...hour.args]);
    hour.remove();
    await postgres.stop();
    expect(stderr).toContain('where MiniStack looks for the postgres, is in use');
    expect(exitCode).toBe(4);
  });

  describe('and given a database, without gateway and host', () => {
    let postgres: TestPostgres;
    let queue: SqsQueue;
    const cursed = ofRun(minute(), 'run-cursed');
    const innocent = ofRun(minute(), 'run-innocent');
    /** Nobody has recorded its run, which is a bug wherever it happens. */
    const orphan = ofRun(minute(), 'run-of-nobody');
    const access = () => ({ endpoint: target.endpoint!, region: target.region, credentials: LOCAL_CREDENTIALS });

    beforeAll(async () => {
      postgres = await startTestPostgres(4, target.ports!.postgres);
      await seedSecrets(emulatorPlace(target.endpoint!, target.region), postgres.options.secrets);
      queue = createSqsQueue({ ...access(), topology: TABLE });
    });
    afterAll(async () => {
      queue?.close();
      await postgres?.stop();
    });

    it('migrate prepares it with the logins of the target, and has nothing to do after that', async () => {
      await postgres.pool('superuser').query(`ALTER ROLE jules_reader_a PASSWORD 'not-what-the-target-has'`);
      const migrate = () => julesJson<{ changed: boolean }>(['migrate', '--target', 'ministack', ...data]);
      expect([(await migrate()).changed, (await migrate()).changed]).toEqual([true, false]);
      expect((await postgres.pool('reader').query('SELECT current_user')).rows).toHaveLength(1);
    });

    it('a schedule sends what was committed and never sent', async () => {
      const message = decision({ session: SESSION.date, minuteIndex: 7 });
      await postgres.database.transaction(({ outbox }) =>
        outbox.add('risk', 'a message that a crash left behind', [{ queue: 'orders', envelope: message }]),
      );
      expect(await bodyOf('orders', SCHEDULE_MS_MAX)).toContain(message.id);
    });

    it('a message that fails every time goes to the dead letters, and other groups go on', async () => {
      await curse(cursed.id);
      for (const message of [cursed, innocent]) await record(message.runId);
      for (const envelope of [cursed, orphan, innocent]) await queue.send({ queue: 'minutes', envelope });
      await until(async () => (await answersTo(innocent)) === 1);
      expect(await letters()).toEqual([]);
      let dead: Awaited<ReturnType<typeof letters>> = [];
      await until(async () => (dead = await letters()).length > 0);
      expect(dead).toMatchObject([{ groupId: cursed.runId, body: expect.stringContaining(cursed.id) as string }]);
    });

    it('and is handled once it was redriven, with its cause gone', async () => {
      await postgres.pool('superuser').query('DROP TRIGGER curse ON outbox');
      const { stdout } = await jules(['queues', 'redrive', 'minutes', ...data]);
      expect(stdout).toBe('1 dead letter went back to minutes');
      await until(async () => (await answersTo(cursed)) === 1);
      expect(await letters()).toEqual([]);
    });

    it('what cannot be read, or meets a bug every time, is parked, and is not a dead letter', async () => {
      await queue.send({ queue: 'minutes', envelope: { ...innocent, id: 'half a mess', data: {} } });
      const query = 'SELECT reason FROM quarantine ORDER BY reason';
      const reasons = async () =>
        (await postgres.pool('reader').query<{ reason: string }>(query)).rows.map(({ reason }) => reason);
      await until(async () => (await reasons()).length === 2);
      expect(await reasons()).toEqual(['broken-invariant', 'schema']);
      expect(await letters()).toEqual([]);
    });

    /** What a bad page on a disk does: nothing that ingest answers to this message can be stored. */
    async function curse(messageId: string): Promise<void> {
      await postgres.pool('superuser').query(`
        CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          IF NEW.cause_id = '${messageId}' THEN RAISE EXCEPTION 'this row cannot be written'; END IF;
          RETURN NEW;
        END $body$;
        CREATE TRIGGER curse BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION curse()`);
    }

    async function record(runId: string): Promise<void> {
      await postgres.database.transaction(async ({ runs }) => {
        await runs.create(runConfig({ runId }), 'paper');
        await runs.openSession({ runId, session: SESSION.date, minutes: 390, openMs: SESSION.openMs }, feeds());
      });
    }

    function letters(): Promise<readonly PeekedMessage[]> {
      return julesJson(['queues', 'peek', 'minutes', '--full', ...data]);
    }

    /** What ingest made of a message and committed. */
    async function answersTo({ id }: Envelope<unknown>): Promise<number> {
      return (await postgres.database.transaction(({ outbox }) => outbox.causedBy('ingest', id))).length;
    }

    async function bodyOf(name: QueueName, withinMs: number): Promise<string> {
      const giveUpMs = performance.now() + withinMs;
      while (performance.now() < giveUpMs) {
        const [message] = await queue.receive(name, { max: 1, waitMs: 5_000 });
        if (message !== undefined) return message.body;
      }
      throw new Error(`nothing came to ${name} within ${withinMs} ms`);
    }
  });

  it('leaves nothing behind after a destroy', async () => {
    const { exitCode, stdout, stderr } = await jules(['destroy', ...data]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`deleted ${STACKS.toReversed().join(', ')}`);
    expect(stderr).toContain('is stopped');
    expect(await isListening(target.endpoint!)).toBe(false);
    expect(readTargetFile(data[1]!)).toBeNull();
  });
});

function ofRun<Data>(message: Envelope<Data>, runId: string): Envelope<Data> {
  return { ...message, runId, id: message.id.replace(message.runId, runId) };
}

async function until(isSo: () => Promise<boolean>, withinMs = 120_000): Promise<void> {
  const giveUpMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Error(`it did not become so within ${withinMs} ms`);
    await pause(250);
  }
}
