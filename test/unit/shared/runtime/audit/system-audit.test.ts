/**
 * The system's chain: entries in order, one batch after another, whatever the database does meanwhile.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryDatabase } from '../../../../support/memory/memory-database.ts';
import { SYSTEM_CHAIN } from '../../../../../shared/domain/audit/chain.ts';
import { SystemAudit } from '../../../../../shared/runtime/audit/system-audit.ts';
import { auditEntry } from '../../../../support/database/audit-rows.ts';
import { SILENT } from '../../../../support/page/page-fixture.ts';
import { stepClock } from '../../../../support/core/step-clock.ts';

const RETRY_MS = 1_000;

function start() {
  const database = createMemoryDatabase();
  const clock = stepClock();
  const errors: string[] = [];
  const logger = { ...SILENT, error: (_fields: object, message: string) => void errors.push(message) };
  const audit = new SystemAudit({ database, clock, logger });
  const record = (...names: string[]) => names.forEach((name) => audit.record(auditEntry({ body: `"${name}"` })));
  const stored = () => database.tables.audit.all().map(({ body }) => JSON.parse(body) as string);
  return { database, clock, audit, record, stored, errors };
}

describe('the system audit', () => {
  it('stores what is recorded, in order, in its own chain', async () => {
    const { database, audit, record, stored } = start();
    record('one', 'two');
    await audit.flush();
    record('three');
    await audit.flush();
    expect(stored()).toEqual(['one', 'two', 'three']);
    expect(database.tables.audit.all().map(({ chain, sequence }) => `${chain} ${sequence}`)).toEqual([
      `${SYSTEM_CHAIN} 1`,
      `${SYSTEM_CHAIN} 2`,
      `${SYSTEM_CHAIN} 3`,
    ]);
  });

  it('stores by itself, without being waited for', async () => {
    const { clock, record, stored } = start();
    record('one');
    await clock.advance(0);
    expect(stored()).toEqual(['one']);
  });

  it('keeps entries while the database is away, and stores them when it answers', async () => {
    const { database, clock, audit, record, stored } = start();
    database.outage = new Error('away');
    record('one');
    await clock.advance(RETRY_MS);
    record('two');
    await expect(audit.flush()).rejects.toThrow('away');
    database.outage = null;
    await clock.advance(RETRY_MS);
    expect(stored()).toEqual(['one', 'two']);
  });

  it('stores a batch once when its commit held unheard', async () => {
    const { database, clock, record, stored } = start();
    database.failNext(new Error('connection lost'), 'committed');
    record('one', 'two');
    await clock.advance(0);
    record('three');
    await clock.advance(RETRY_MS);
    expect(stored()).toEqual(['one', 'two', 'three']);
  });

  it('says so when more is waiting than it keeps', async () => {
    const { database, audit, record, stored, errors } = start();
    database.outage = new Error('away');
    record(...Array.from({ length: 10_002 }, (_, n) => String(n)));
    expect(errors).toEqual(Array.from({ length: errors.length }, () => 'an audit entry was lost'));
    expect(errors.length).toBeGreaterThan(0);
    database.outage = null;
    await audit.flush();
    expect(stored()).toHaveLength(10_002 - errors.length);
  });
});
