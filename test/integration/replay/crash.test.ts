/**
 * Replays whose processes are killed at random points: the ledger must equal the undisturbed run's, and every effect
 * must have happened once. Each seed draws its own victims and minutes; a failing seed can be run again by itself.
 */

import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../../local/stack/stack.ts';
import { auditRows } from '../../../shared/adapters/postgres/audit/audit-rows.ts';
import type { ChainFinding } from '../../../shared/domain/audit/verify.ts';
import type { RunSummary } from '../../../shared/domain/run/run-tally.ts';
import { verifyLog } from '../../../shared/runtime/audit/verify-log.ts';
import { NO_JOURNAL } from '../../support/database/audit-rows.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { readerPool } from '../../support/database/reader-pool.ts';
import { reachedMinute, replay, runOptions, undisturbed } from '../../support/stack/replays.ts';
import { seededRandom } from '../../support/core/seeded-random.ts';

const SEEDS = Array.from({ length: 20 }, (_, at) => at + 1);
const VICTIMS = ['secrets', 'host', 'gateway', 'gpu-runner', 'postgres'];
const KILLS = 6;
const MINUTES = 120;
const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
/** Six restarts of a process or a database, beside other suites on two cores. */
const RUN_LIMIT_MS = 240_000;
const MARKED_WITHIN_MS = 5_000;
const UNPUBLISHED = 'SELECT message_id FROM outbox WHERE published_at IS NULL';

describe('a replay whose processes are killed', () => {
  let bars = '';
  let expected: RunSummary;

  beforeAll(() => {
    bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 7, faultRate: 0.02 });
    expected = undisturbed(options());
  });
  afterAll(() => rmSync(bars, { recursive: true, force: true }));

  function options() {
    return runOptions({ bars, symbols: SYMBOLS, date: SESSION, minutes: MINUTES, policy: 'random' });
  }

  it.each(SEEDS)(
    'gives the ledger of the undisturbed run and every effect once, seed %i',
    async (seed) => {
      const killed: string[] = [];
      let killing: Promise<void> = Promise.resolve();
      const run = await replay(options(), {
        stage: 'fast-redelivery',
        onReady: (stack) => {
          killing = killAtRandom(stack, seed, killed);
        },
        onFinished: (stack) => expectEffectsOnce(stack),
      });
      await killing;
      expect(killed).toHaveLength(KILLS);
      expect(run.summary).toEqual(expected);
    },
    RUN_LIMIT_MS,
  );
});

/** Kills at minutes of the session rather than at times, so that a slow machine is disturbed as often as a fast one. */
async function killAtRandom(stack: Stack, seed: number, killed: string[]): Promise<void> {
  const random = seededRandom(seed);
  const minutes = Array.from({ length: KILLS }, () => Math.floor(random() * (MINUTES - 10))).sort((a, b) => a - b);
  for (const minute of minutes) {
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)]!;
    const delayMs = random() * 60;
    await reachedMinute(stack, minute);
    await pause(delayMs);
    killed.push(`${victim} at minute ${minute}`);
    const pid = await pidOf(stack, victim);
    process.kill(pid, 'SIGKILL');
  }
}

/** Waits for a process that is being started again. */
async function pidOf(stack: Stack, victim: string): Promise<number> {
  for (;;) {
    const pid = stack.pids[victim];
    if (pid !== undefined) return pid;
    await pause(5);
  }
}

async function expectEffectsOnce(stack: Stack): Promise<void> {
  const pool = readerPool(stack);
  try {
    await untilMarked(pool);
    const broken = await Promise.all(
      Object.entries(INVARIANTS).map(async ([invariant, text]) => ({ invariant, rows: await rowsOf(pool, text) })),
    );
    const whole = Object.keys(INVARIANTS).map((invariant) => ({ invariant, rows: [] }));
    expect(broken).toEqual(whole);
    expect(await findingsOf(pool)).toEqual([]);
  } finally {
    await pool.end();
  }
}

/** What is wrong with the audit log. */
async function findingsOf(pool: Pool): Promise<readonly ChainFinding[]> {
  const client = await pool.connect();
  try {
    return (await verifyLog(auditRows(client), { lines: [], checker: null, journal: NO_JOURNAL })).findings;
  } finally {
    client.release();
  }
}

/** That a message was sent is noted a moment later, or by the sweeper's next round: the last ones are waited for. */
async function untilMarked(pool: Pool): Promise<void> {
  const untilMs = performance.now() + MARKED_WITHIN_MS;
  while (performance.now() < untilMs && (await rowsOf(pool, UNPUBLISHED)).length > 0) await pause(50);
}

async function rowsOf(pool: Pool, text: string): Promise<unknown[]> {
  return (await pool.query(text)).rows as unknown[];
}

/** Names that one of two statements does not give, or not once. */
function auditedOnce(happened: string, audited: string): string {
  return `SELECT name, a.times FROM (${happened}) h
    FULL JOIN (SELECT name, count(*) AS times FROM (${audited}) e GROUP BY name) a USING (name)
    WHERE h.name IS NULL OR a.times IS DISTINCT FROM 1`;
}

/** Each statement selects what breaks the invariant. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'each bar is stored once': 'SELECT symbol, ts FROM ohlcv GROUP BY symbol, ts HAVING count(*) > 1',
  'each minute has one decision': `SELECT minute_index FROM decisions WHERE cause = 'minute'
    GROUP BY session, minute_index HAVING count(*) > 1`,
  'no order without an approval': `SELECT o.order_ref FROM orders o LEFT JOIN decisions d
    ON d.run_id = o.run_id AND d.session = o.session AND d.minute_index = o.minute_index AND d.cause = 'minute'
    WHERE d.run_id IS NULL OR NOT EXISTS (SELECT FROM jsonb_array_elements(d.symbols::jsonb) AS s
      WHERE s ->> 'symbol' = o.symbol AND (s ->> 'quantity')::bigint = o.quantity)`,
  'one entry or exit per decision and symbol at most': `SELECT session, minute_index, symbol FROM orders
    WHERE kind <> 'STOP' GROUP BY session, minute_index, symbol HAVING count(*) > 1`,
  'no fill without an accepted order': `SELECT f.fill_id FROM fills f WHERE NOT EXISTS
    (SELECT FROM order_events e WHERE e.run_id = f.run_id AND e.order_ref = f.order_ref AND e.event = 'ACCEPTED')`,
  'no order filled beyond its quantity': `SELECT o.order_ref FROM orders o JOIN fills f USING (run_id, order_ref)
    GROUP BY o.order_ref, o.quantity HAVING sum(f.quantity) > o.quantity`,
  'no approval beyond the limits of shares and notional': `SELECT order_ref FROM orders
    WHERE kind = 'ENTRY' AND (quantity > 100 OR quantity * limit_price_e4 > 10000000)`,
  'position is the sum of fills': `SELECT p.symbol FROM positions p LEFT JOIN fills f USING (run_id, symbol)
    GROUP BY p.symbol, p.quantity
    HAVING p.quantity <> coalesce(sum(CASE f.side WHEN 'BUY' THEN f.quantity ELSE -f.quantity END), 0)`,
  'cash is what the fills left of the account': `SELECT a.cash_e4 FROM accounts a JOIN fills f USING (run_id)
    GROUP BY a.cash_e4 HAVING a.cash_e4 <> 25000000
      + sum(CASE f.side WHEN 'SELL' THEN 1 ELSE -1 END * f.quantity * f.price_e4)
      - sum(f.commission_e4 + f.exchange_e4 + f.sec_e4 + f.taf_e4)`,
  'each decision of a minute is in the audit log once': auditedOnce(
    `SELECT session || '/' || minute_index AS name FROM decisions WHERE cause = 'minute'`,
    `SELECT (body::jsonb ->> 'session') || '/' || (body::jsonb ->> 'minuteIndex') AS name
      FROM audit_log WHERE kind = 'decision' AND body::jsonb ->> 'cause' = 'minute'`,
  ),
  'each order taken is in the audit log once': auditedOnce(
    `SELECT order_ref AS name FROM order_events WHERE event = 'ACCEPTED'`,
    `SELECT body::jsonb ->> 'orderRef' AS name FROM audit_log WHERE kind = 'order'`,
  ),
  'each fill is in the audit log once': auditedOnce(
    'SELECT fill_id AS name FROM fills',
    `SELECT body::jsonb ->> 'fillId' AS name FROM audit_log WHERE kind = 'fill'`,
  ),
  'nothing committed is left unpublished': UNPUBLISHED,
  'nothing went to quarantine that was not a row of a file': `SELECT source FROM quarantine WHERE source LIKE '%.fifo%'`,
};
