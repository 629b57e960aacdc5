/**
 * A run that stopped because its records were changed goes on once they are as they were, and not before: the copies that
 * were parked at the stop do not stop it again.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RiskSnapshot } from '../../../shared/domain/risk/account-stage.ts';
import type { Runner } from '../../../shared/ports/runner.ts';
import { OTHER_THAN_STORED } from '../../../shared/runtime/minute-guards.ts';
import { runOn, SMALL_MARKET } from '../../support/core/core-markets.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../support/memory/memory-database.ts';
import { hurriedClock } from '../../support/trading/hurried-clock.ts';
import { inProcessRunner } from '../../support/trading/runner.ts';
import { sourceOf } from '../../support/trading/trading.ts';
import { playStack } from '../../support/trading/trading-stack.ts';
import { NO_TROUBLE, Trouble } from '../../support/trading/trouble.ts';

const LEFT_AT = 5;
const LIVES_CHANGED = 3;

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-resume-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Lives of one run on one database. */
function lives() {
  const input = runOn(SMALL_MARKET, { policy: 'rule' });
  const clock = hurriedClock();
  const database = createMemoryDatabase({ nowMs: () => clock.nowMs() });
  const play = (more: { runner?: Runner; stop?: AbortSignal } = {}): Promise<void> =>
    playStack({
      config: input.config,
      source: sourceOf(input),
      database,
      clock,
      dataDir,
      trouble: new Trouble(NO_TROUBLE, 1),
      journal: { append: async () => undefined },
      ...more,
    });
  return { database, days: [...input.sessions], play };
}

/** Ends while minute LEFT_AT waits for its decision. */
async function leaveInTheMiddle({ database, play }: ReturnType<typeof lives>): Promise<void> {
  const stopping = new AbortController();
  const runner = inProcessRunner();
  const act: Runner['act'] = (request) =>
    request.inputs.every(({ minuteIndex }) => minuteIndex < LEFT_AT)
      ? runner.act(request)
      : new Promise(() => undefined);
  const playing = play({ runner: { act }, stop: stopping.signal });
  const waits = { publishedMinute: LEFT_AT, decidedMinute: LEFT_AT - 1 };
  await vi.waitFor(() => expect(database.tables.sessions.all()).toMatchObject([waits]), { timeout: 5_000 });
  stopping.abort();
  await playing;
}

/** Each gives back what puts it as it was. */
const CHANGES: Readonly<Record<string, (database: MemoryDatabase) => () => void>> = {
  'the account that risk restores': ({ tables: { accounts } }) => {
    const [row] = accounts.all();
    const key = `${row!.runId}/${row!.session}`;
    const snapshot = JSON.parse(row!.snapshot) as RiskSnapshot;
    const account = { ...snapshot.account, cashE4: snapshot.account.cashE4 + 1 };
    accounts.put(key, { ...row!, snapshot: JSON.stringify({ ...snapshot, account }) });
    return () => accounts.put(key, row!);
  },
  'the observation that signal decided on': ({ tables: { decisions } }) => {
    const row = decisions.all().find(({ decision }) => decision.minuteIndex === LEFT_AT - 1)!;
    const key = `${row.runId}/${row.decision.session}/${LEFT_AT - 1}/minute/0`;
    const observation = row.signal!.observation.map((value, at) => (at === 0 ? (value ?? 0) + 1 : value));
    decisions.put(key, { ...row, signal: { ...row.signal!, observation } });
    return () => decisions.put(key, row);
  },
};

it.each(Object.keys(CHANGES))(
  'stops in each life while it is changed, and goes on afterwards: %s',
  async (what) => {
    const run = lives();
    const { database, days, play } = run;
    await leaveInTheMiddle(run);
    const putBack = CHANGES[what]!(database);
    for (let life = 1; life <= LIVES_CHANGED; life += 1) {
      await expect(play()).rejects.toMatchObject({ name: 'RunStoppedError' });
      expect(new Set(database.quarantine.map(({ reason }) => reason))).toEqual(new Set([OTHER_THAN_STORED]));
      expect(database.quarantine.length).toBeGreaterThanOrEqual(life);
    }

    const parked = database.quarantine.length;
    putBack();
    await play();
    const { sessions, decisions } = database.tables;
    expect(sessions.all().map(({ decidedMinute, minutes }) => minutes - decidedMinute)).toEqual(days.map(() => 1));
    expect(database.quarantine).toHaveLength(parked);
    expect(decisions.all().filter(({ signal }) => signal === null)).toEqual([]);
  },
  30_000,
);
