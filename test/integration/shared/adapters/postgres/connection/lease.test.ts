/**
 * One lease has one holder: whoever comes second waits, and whoever lost it to another learns so.
 */

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { holdLease } from '../../../../../../shared/adapters/postgres/connection/lease.ts';
import { systemClock } from '../../../../../../shared/adapters/system/clock.ts';
import { createLogger } from '../../../../../../shared/adapters/system/logger.ts';
import { databaseLogin } from '../../../../../../shared/runtime/with-secret.ts';
import { SECRETS } from '../../../../../../shared/topology.ts';
import { startTestPostgres, type TestPostgres, testSecrets } from '../../../../../support/database/postgres.ts';

const clock = systemClock();
const logger = createLogger({ name: 'test', level: 'silent' });
let postgres: TestPostgres;
let stopping: AbortController[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterEach(() => {
  for (const each of stopping) each.abort();
  stopping = [];
});
afterAll(() => postgres.stop());

function hold(name: string) {
  const stop = new AbortController();
  stopping.push(stop);
  const onTaken = vi.fn<() => void>();
  const secrets = testSecrets(postgres.options.port);
  const login = databaseLogin({ secrets, name: SECRETS.databaseApp.name });
  let isHeld = false;
  const held = holdLease({ name, login, clock, logger, onTaken }, stop.signal).then(() => {
    isHeld = true;
  });
  return { held, stop: () => stop.abort(), onTaken, isHeld: () => isHeld };
}

function holders(name: string): Promise<number[]> {
  return postgres
    .pool('superuser')
    .query<{ pid: number }>(
      `SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted AND application_name = $1`,
      [`lease ${name}`],
    )
    .then(({ rows }) => rows.map(({ pid }) => pid));
}

async function endConnection(name: string): Promise<void> {
  for (const pid of await holders(name))
    await postgres.pool('superuser').query('SELECT pg_terminate_backend($1)', [pid]);
}

describe('a lease', () => {
  it('is one process’s until it stops, and then the next one’s', async () => {
    const first = hold('turns');
    await first.held;
    const second = hold('turns');
    await clock.sleep(1_000);
    expect(second.isHeld()).toBe(false);
    first.stop();
    await second.held;
    expect(await holders('turns')).toHaveLength(1);
    expect([first.onTaken.mock.calls.length, second.onTaken.mock.calls.length]).toEqual([0, 0]);
  });

  it('is taken again when its connection is lost and nobody else came', async () => {
    const only = hold('again');
    await only.held;
    const [before] = await holders('again');
    await endConnection('again');
    await vi.waitFor(async () => expect(await holders('again')).toHaveLength(1), { timeout: 10_000 });
    expect((await holders('again'))[0]).not.toBe(before);
    expect(only.onTaken).not.toHaveBeenCalled();
  });

  it('is reported as taken, once, to whoever lost it to another', async () => {
    const first = hold('lost');
    await first.held;
    // Somebody else waits in the server itself, so that it is next for certain.
    const rival = await postgres.pool('app').connect();
    const taking = rival.query("SELECT pg_advisory_lock(hashtextextended('lease lost', 0))");
    await endConnection('lost');
    await taking;
    await vi.waitFor(() => expect(first.onTaken).toHaveBeenCalledTimes(1), { timeout: 10_000 });
    rival.release(true);
  });

  it('is held again after the database was killed', async () => {
    const only = hold('crash');
    await only.held;
    await postgres.crash();
    await vi.waitFor(async () => expect(await holders('crash')).toHaveLength(1), { timeout: 20_000 });
    expect(only.onTaken).not.toHaveBeenCalled();
  });

  it('does not keep a process that gives up waiting', async () => {
    const first = hold('patience');
    await first.held;
    const second = hold('patience');
    second.stop();
    await second.held;
    expect(await holders('patience')).toHaveLength(1);
  });

  it('has a name: another one is free', async () => {
    await hold('one').held;
    await hold('two').held;
    expect(await holders('two')).toHaveLength(1);
  });
});
