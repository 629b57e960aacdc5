/**
 * The audit log of a real stack, after it has stopped: what is in it, and what the command line says of a hand in it.
 */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '../../../local/cli/reach/database-session.ts';
import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { runCli } from '../../../local/cli/program.ts';
import type { PlayedRun } from '../../../local/cli/commands/replay/stack.ts';
import { withClient } from '../../../local/database/connect.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import type { AuditRow } from '../../../shared/domain/audit/chain.ts';
import type { LogReport } from '../../../shared/runtime/audit/verify-log.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { fakeTerminal } from '../../support/stack/fake-terminal.ts';
import { replay, runOptions } from '../../support/stack/replays.ts';
import { serviceToken } from '../../../shared/runtime/with-secret.ts';
import { SECRETS } from '../../../shared/topology.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
const MINUTES = 40;

let bars: string;
let run: PlayedRun;
let dataDir: string;

beforeAll(async () => {
  bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 7, faultRate: 0 });
  const options = runOptions({ bars, symbols: SYMBOLS, date: SESSION, minutes: MINUTES, policy: 'random' });
  run = await replay(options, { keep: true, onFinished: commandThePage });
  dataDir = run.dataDir!;
});
afterAll(() => {
  rmSync(bars, { recursive: true });
  rmSync(dataDir, { recursive: true });
});

/** Once with a guessed token, once with the right one. */
async function commandThePage(stack: Stack): Promise<void> {
  const right = await serviceToken({ secrets: stack.secrets, name: SECRETS.pageToken.name }).current();
  for (const token of ['a-guessed-token-of-somebody', right]) {
    await fetch(new URL('/api/commands', stack.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'halt', reason: 'drill' }),
    });
  }
}

interface ShownRow extends AuditRow {
  readonly clock: string;
  readonly recordedMs: number;
}

async function jules(...args: string[]): Promise<{ code: number; lines: string[]; notes: string[] }> {
  const terminal = fakeTerminal();
  const code = await runCli([...args, '--data', dataDir], { terminal, env: {} });
  return { code, lines: terminal.data, notes: terminal.notes };
}

async function report(): Promise<LogReport & { code: number }> {
  const { code, lines } = await jules('audit', 'verify', '--json');
  return { ...(JSON.parse(lines[0]!) as LogReport), code };
}

async function rows(of: string): Promise<ShownRow[]> {
  const { lines } = await jules('audit', 'show', '--json', '--limit', '1000', '--run', of);
  return lines.map((line) => JSON.parse(line) as ShownRow);
}

async function byHand(statement: string): Promise<void> {
  const request = { data: dataDir, driver: postgresDriver(null, []), migrates: false };
  await withDatabase(request, { terminal: fakeTerminal(), env: {}, exit: () => undefined }, (session) =>
    withClient(session, { role: 'superuser' }, async (client) => {
      await client.query(statement);
    }),
  );
}

describe('the audit log of a stack that has stopped', () => {
  it('is shown in the order of storing, with the clock of each time', async () => {
    const { lines } = await jules('audit', 'show', '--json', '--limit', '10000');
    const shown = lines.map((line) => JSON.parse(line) as ShownRow);
    const market = shown.filter(({ clock }) => clock === 'market');
    const wall = shown.filter(({ clock }) => clock === 'wall');
    expect(market.length + wall.length).toBe(shown.length);
    expect(new Set(market.map(({ eventMs }) => new Date(eventMs).getUTCFullYear()))).toEqual(new Set([2025]));
    for (const { eventMs, recordedMs } of wall) expect(Math.abs(recordedMs - eventMs)).toBeLessThan(120_000);
    const stored = shown.map(({ recordedMs }) => recordedMs);
    expect(stored).toEqual(stored.toSorted((a, b) => a - b));
    for (const chain of Object.values(Object.groupBy(shown, (row) => row.chain))) {
      const sequences = chain!.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    }
  });

  it('verifies, with the heads that were exported at the end', async () => {
    const { code, findings, headFindings, exports, chains } = await report();
    expect([code, findings, headFindings, chains]).toEqual([0, [], [], 5]);
    expect(exports).toBeGreaterThanOrEqual(1);
  });

  it('holds every decision, order and fill, and who asked for a change of state', async () => {
    const kinds = Map.groupBy(await rows(run.latency[0]!.runId), ({ kind }) => kind);
    const decisions = (kinds.get('decision') ?? []).filter(({ body }) => body.includes('"cause":"minute"'));
    expect(decisions).toHaveLength(MINUTES);
    expect(kinds.get('fill')).toHaveLength(run.summary.fills);
    expect(kinds.get('order')).toHaveLength(run.summary.orders + run.summary.stops);
    const access = (await rows('system'))
      .filter(({ kind }) => kind === 'access')
      .map(({ body }) => JSON.parse(body) as object);
    expect(access).toMatchObject([
      { outcome: 'refused', status: 401, detail: '' },
      { outcome: 'accepted', status: 202, detail: 'halt: drill' },
    ]);
  });

  it('reads like a log', async () => {
    const { code, lines } = await jules('audit', 'show', '--limit', '5', '--run', 'system');
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain('POST /api/commands refused, 401');
    const none = await jules('audit', 'show', '--run', 'no-such-run');
    expect([none.code, none.lines]).toEqual([1, []]);
    expect(none.notes[0]).toContain("the audit log has no entry of 'no-such-run'");
    expect(none.notes[1]).toContain(run.latency[0]!.runId);
  });

  it('verifies with the public key that lies beside the heads, and with no other file', async () => {
    const folder = join(dataDir, 'audit-heads');
    const key = readdirSync(folder).find((name) => name.endsWith('.pem'))!;
    expect((await jules('audit', 'verify', '--key', join(folder, key))).code).toBe(0);
    const heads = readdirSync(folder).find((name) => name.endsWith('.jsonl'))!;
    const refused = await jules('audit', 'verify', '--key', join(folder, heads));
    expect(refused.code).toBe(2);
    expect(refused.notes[0]).toContain('holds no Ed25519 key');
  });

  it('does not verify when its end is cut off, or a row is altered by hand; the first row is named', async () => {
    const chain = `${run.latency[0]!.runId}/risk`;
    await byHand(`DELETE FROM audit_log WHERE chain = '${chain}' AND sequence > 30`);
    expect(await report()).toMatchObject({ code: 1, findings: [{ chain, problem: 'missing', sequence: 31 }] });
    await byHand(
      `UPDATE audit_log SET body = replace(body, 'ACTIVE', 'HALTED') WHERE chain = '${chain}' AND sequence = 12`,
    );
    const { code, lines } = await jules('audit', 'verify');
    expect(code).toBe(1);
    expect(lines[0]).toBe(`altered  ${chain}, entry 12: its hash does not fit what it says`);
    expect(lines.at(-1)).toMatch(/^the audit log does not verify: /);
  });
});
