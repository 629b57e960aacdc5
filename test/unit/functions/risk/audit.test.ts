/**
 * What risk writes into its audit chain: every decision, every command, every change that a pulse brought about, once.
 */

import { describe, expect, it } from 'vitest';
import { ChainVerifier } from '../../../../shared/domain/audit/verify.ts';
import { SESSION } from '../../../support/core/core.ts';
import type { FunctionBench } from '../../../support/trading/function-bench.ts';
import { command, signal } from '../../../support/trading/messages.ts';
import { BUYS, decide, feel, openRisk, say } from '../../../support/trading/risk-bench.ts';

const CHAIN = 'run-1/risk';

function entries({ database }: FunctionBench): Record<string, unknown>[] {
  return database.tables.audit.all().map(({ kind, causeId, body }) => {
    return { kind, causeId, ...(JSON.parse(body) as Record<string, unknown>) };
  });
}

function verify({ database }: FunctionBench) {
  const verifier = new ChainVerifier(CHAIN, []);
  for (const row of database.tables.audit.all()) verifier.add(row);
  return verifier.end();
}

describe('the audit of risk', () => {
  it('has one entry a minute, with the orders approved, in a chain that verifies', async () => {
    const bench = await openRisk();
    const first = await decide(bench, BUYS);
    await decide(bench, { minuteIndex: 1 });
    const [bought, held, ...more] = entries(bench);
    expect(bought).toMatchObject({ kind: 'decision', causeId: signal().id, cause: 'minute', minuteIndex: 0 });
    expect(bought?.['orders']).toMatchObject(first.orders.map(({ orderRef, quantity }) => ({ orderRef, quantity })));
    expect(held).toMatchObject({ minuteIndex: 1, orders: [] });
    expect(more).toEqual([]);
    expect(verify(bench)).toBeNull();
  });

  it('says of a denial the limit, the value and what would have passed', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt' });
    const denied = await decide(bench, BUYS);
    const verdicts = denied.symbols.filter(({ verdict }) => verdict !== 'NONE');
    expect(verdicts[0]).toMatchObject({ verdict: 'STATE_HALTED' });
    expect(entries(bench).at(-1)).toMatchObject({
      state: 'HALTED',
      causes: [{ cause: 'OPERATOR_HALT', by: 'ada', why: 'lunch' }],
      verdicts,
    });
  });

  it('says of every decision all that stood: each cause with since, by and why', async () => {
    const bench = await openRisk();
    await decide(bench, {});
    await say(bench, { command: 'halt', operator: 'ada', reason: 'lunch' });
    await feel(bench, { feedState: 'dead', feedAgeMs: 184_000 });
    const { causes } = await decide(bench, { minuteIndex: 1 });
    expect(causes.map(({ cause }) => cause)).toEqual(['OPERATOR_HALT', 'FEED_DEAD']);
    const told = entries(bench).filter(({ kind, minuteIndex }) => kind === 'decision' && minuteIndex === 1);
    expect(told.map((entry) => entry['causes'])).toEqual([causes]);
    const [afterHalt, afterPulse] = entries(bench).filter(({ cause }) => cause === 'command' || cause === 'pulse');
    expect([afterHalt?.['causes'], afterPulse?.['causes']]).toEqual([causes.slice(0, 1), causes]);
    expect(causes).toEqual([
      { cause: 'OPERATOR_HALT', sinceMs: SESSION.openMs + 60_000, by: 'ada', why: 'lunch' },
      {
        cause: 'FEED_DEAD',
        sinceMs: SESSION.openMs + 60_000,
        by: 'gateway',
        why: 'the feed is dead: its newest bar is 184 s old',
      },
    ]);
  });

  it('has a command with its operator and reason, before the state it led to', async () => {
    const bench = await openRisk();
    await say(bench, { command: 'halt', operator: 'ada', reason: 'lunch' });
    const causeId = command().id;
    expect(entries(bench)).toMatchObject([
      { kind: 'command', causeId, command: 'halt', operator: 'ada', reason: 'lunch', result: 'done', state: 'HALTED' },
      { kind: 'decision', causeId, cause: 'command', state: 'HALTED', causes: [{ cause: 'OPERATOR_HALT' }] },
    ]);
  });

  it('has a pulse only where it changed something', async () => {
    const bench = await openRisk();
    await decide(bench, {});
    await feel(bench, { sequence: 1 });
    await feel(bench, { sequence: 2, feedState: 'dead' });
    await feel(bench, { sequence: 3, feedState: 'dead' });
    const causes = entries(bench).map((entry) => [entry['cause'], entry['state'], entry['causes']]);
    expect(causes).toEqual([
      ['minute', 'ACTIVE', []],
      ['pulse', 'REDUCING', [expect.objectContaining({ cause: 'FEED_DEAD', by: 'gateway' })]],
    ]);
  });

  it('has each message once, whatever is repeated, fails to commit or starts again', async () => {
    const bench = await openRisk();
    bench.database.failNext(new Error('connection lost'), 'commit');
    expect(await bench.deliver(signal(BUYS))).toBe(false);
    expect(entries(bench)).toEqual([]);
    bench.database.failNext(new Error('connection lost'), 'committed');
    expect(await bench.deliver(signal(BUYS))).toBe(false);
    bench.restart();
    expect(await bench.deliver(signal(BUYS))).toBe(true);
    await decide(bench, { minuteIndex: 1 });
    expect(entries(bench).map((entry) => entry['minuteIndex'])).toEqual([0, 1]);
    expect(verify(bench)).toBeNull();
  });
});
