/**
 * `jules secrets serve` as a process of its own: its fixed interface, what it keeps when it is killed, and the command
 * line beside it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { javascriptClient } from '../../support/secrets/contract/javascript-client.ts';
import { type SecretsClient, Subject } from '../../support/secrets/contract/subject.ts';
import { ACCESS_KEY, REGION } from '../../support/secrets/endpoints.ts';
import { startRotationFunction } from '../../support/secrets/rotation-function.ts';

const MAIN = join(import.meta.dirname, '../../../local/cli/main.ts');
const KEYS = { JULES_ACCESS_KEY: ACCESS_KEY.accessKeyId, JULES_SECRET_KEY: ACCESS_KEY.secretAccessKey };

let dataDir = '';
const children: ChildProcess[] = [];
const clients: SecretsClient[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jules-serve-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(children.splice(0).map((child) => end(child, 'SIGKILL')));
  rmSync(dataDir, { recursive: true, force: true });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

function start(args: readonly string[], env: Record<string, string> = KEYS): ChildProcess {
  const command = ['--disable-warning=ExperimentalWarning', MAIN, 'secrets', ...args, '--data', dataDir];
  const child = spawn(process.execPath, command, { env: { ...process.env, ...env }, stdio: 'pipe' });
  children.push(child);
  return child;
}

/** Resolves with the address that it prints. */
async function serve(...more: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = start(['serve', '--port', '0', ...more]);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, url: line.toString('utf8').trim() };
}

async function run(args: readonly string[], input = '', env: Record<string, string> = KEYS) {
  const child = start(args, env);
  const said: string[] = [];
  const noted: string[] = [];
  child.stdout!.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  child.stderr!.on('data', (chunk: Buffer) => noted.push(chunk.toString('utf8')));
  child.stdin!.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, out: said.join(''), notes: noted.join('') };
}

function clientOf(url: string): SecretsClient {
  const client = javascriptClient({ url, region: REGION, credentials: ACCESS_KEY });
  clients.push(client);
  return client;
}

function subject(url: string): Subject {
  return new Subject(clientOf(url));
}

/** Secret `a`, which the function below rotates. */
const WEEKLY = {
  SecretId: 'a',
  RotationLambdaARN: 'rotate-secrets',
  RotationRules: { ScheduleExpression: 'cron(0 8 ? * SUN *)', Duration: '6h' },
};

async function serveWithRotation() {
  const lambda = await startRotationFunction();
  const { url } = await serve('--lambda-endpoint', lambda.url);
  const client = clientOf(url);
  lambda.use(client);
  return { lambda, s: new Subject(client) };
}

describe('jules secrets serve', () => {
  it('begins a vault, prints its address, and goes on with it after a stop', async () => {
    const first = await serve();
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { name } = await subject(first.url).secret('kept');
    expect(await end(first.child, 'SIGTERM')).toBe(0);
    const second = await serve();
    expect(await subject(second.url).text(name)).toBe('kept');
  });

  it('has every acknowledged value after kill -9, again and again', async () => {
    const confirmed = new Map<string, string>();
    for (let round = 0; round < 4; round += 1) {
      const { child, url } = await serve();
      const s = subject(url);
      for (const [name, text] of confirmed) expect(await s.text(name)).toBe(text);
      const writing = Array.from({ length: 4 }, async (_, at) => {
        for (;;) {
          const text = randomUUID();
          await s.ok('CreateSecret', { Name: `r${round}/${at}/${text}`, SecretString: text });
          confirmed.set(`r${round}/${at}/${text}`, text);
        }
      });
      const ended = Promise.allSettled(writing);
      while (confirmed.size < 15 * (round + 1)) await new Promise((resolve) => setImmediate(resolve));
      await end(child, 'SIGKILL');
      await ended;
    }
    expect(confirmed.size).toBeGreaterThanOrEqual(60);
  });

  it('leaves a vault alone that another has', async () => {
    await serve();
    const { code, notes } = await run(['serve', '--port', '0']);
    expect(code).toBe(4);
    expect(notes).toContain('has the vault');
    expect(notes).toContain('fix:');
  });

  it('makes a key pair of its own where none is given', async () => {
    const { JULES_ACCESS_KEY: _, JULES_SECRET_KEY: __, ...env } = KEYS;
    const child = start(['serve', '--port', '0'], { ...env, JULES_ACCESS_KEY: '', JULES_SECRET_KEY: '' });
    await once(child.stdout!, 'data');
    const { code, out } = await run(['list', '--json'], '', { JULES_ACCESS_KEY: '', JULES_SECRET_KEY: '' });
    expect([code, out.trim()]).toEqual([0, '[]']);
  });

  it('refuses half a key pair and an invalid address', async () => {
    const half = await run(['serve', '--port', '0'], '', { JULES_ACCESS_KEY: 'a', JULES_SECRET_KEY: '' });
    expect([half.code, half.notes]).toEqual([2, expect.stringContaining('only one of')]);
    const address = await run(['serve', '--port', '0', '--lambda-endpoint', 'here']);
    expect([address.code, address.notes]).toEqual([2, expect.stringContaining("'here' is not an address")]);
  });
});

describe('the command line', () => {
  it.each([
    ['beside the endpoint', true],
    ['without it', false],
  ])('stores and lists %s, and shows no value', async (_how, isServed) => {
    const { child } = await serve();
    if (!isServed) await end(child, 'SIGTERM');
    expect(await run(['put', 'broker/paper'], 'hunter2\n')).toMatchObject({ code: 0 });
    expect((await run(['put', 'broker/paper'], 'hunter3\n')).out).toContain('new current version');
    const results = [
      await run(['list']),
      await run(['get', 'broker/paper']),
      await run(['status']),
      await run(['history', 'broker/paper']),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const text = results.map(({ out, notes }) => out + notes).join('');
    expect(text).toContain('AWSPREVIOUS');
    expect(text).toContain('CreateSecret');
    expect(text).not.toContain('hunter');
  });

  it('shows values to nobody but a person at a terminal', async () => {
    const { child } = await serve();
    await end(child, 'SIGTERM');
    await run(['put', 'a'], 'hunter2');
    const { code, out, notes } = await run(['get', 'a', '--reveal']);
    expect([code, out]).toEqual([2, '']);
    expect(notes).toContain('this terminal is not interactive');
  });

  it('backs up, and restores what was backed up', async () => {
    const { child } = await serve();
    await end(child, 'SIGTERM');
    await run(['put', 'a'], 'one');
    const file = join(dataDir, 'backup.age');
    expect(await run(['backup', '--to', file])).toMatchObject({ code: 0 });
    await run(['put', 'b'], 'two');
    expect((await run(['restore', '--from', file])).notes).toContain('--yes');
    expect(await run(['restore', '--from', file, '--yes'])).toMatchObject({ code: 0 });
    const listed = JSON.parse((await run(['list', '--json'])).out) as { Name: string }[];
    expect(listed.map(({ Name }) => Name)).toEqual(['a']);
  });

  it('rotates one secret or all, waits for the end, and says how each stands', async () => {
    const { lambda, s } = await serveWithRotation();
    await run(['put', 'a'], 'one');
    expect((await run(['rotate', 'a', '--wait'])).notes).toContain('No Lambda rotation function ARN');
    await s.ok('RotateSecret', WEEKLY);
    const rotated = await run(['rotate', '--all', '--wait', '--json']);
    expect([rotated.code, JSON.parse(rotated.out)]).toMatchObject([0, [{ name: 'a', outcome: 'rotated' }]]);
    const status = await run(['status']);
    expect(status.out).toMatch(
      /^a +waiting +last \d{4}-\d\d-\d\d \d\d:\d\d:\d\d ET, next \d{4}-\d\d-\d\d 0[34]:00:00 ET$/m,
    );
    lambda.failing.push(...Array.from({ length: 5 }, () => 'testSecret'));
    expect(await run(['rotate', 'a'])).toMatchObject({ code: 0 });
    await expect
      .poll(async () => (await run(['status'])).out, { timeout: 20_000 })
      .toMatch(
        /rotation failed: a, FUNCTION_FAILED after \d attempts?, tried again .*; see docs\/runbooks\/secrets.md/,
      );
    // By hand the same rotation is taken up again, whatever it waits for.
    lambda.failing.length = 0;
    expect((await run(['rotate', 'a', '--wait'])).out).toContain('a is rotated');
    await lambda.stop();
  });

  it('goes back to the value before, and forth again, and says when there is none', async () => {
    const { url } = await serve();
    const s = subject(url);
    const value = () => s.text('a');
    await run(['put', 'a'], 'one');
    const nothing = await run(['rollback', 'a']);
    expect([nothing.code, nothing.notes]).toEqual([1, expect.stringContaining('no value before the current one')]);
    await run(['put', 'a'], 'two');
    const back = await run(['rollback', 'a']);
    expect([back.code, back.out]).toEqual([
      0,
      expect.stringMatching(/^a: version \S+ is current again, and \S+ the one before$/m),
    ]);
    expect(await value()).toBe('one');
    await run(['rollback', 'a']);
    expect(await value()).toBe('two');
    expect((await run(['history', 'a'])).out.match(/UpdateSecretVersionStage/g)).toHaveLength(2);
  });

  it('rotates again after a rotation was taken back', async () => {
    const { lambda, s } = await serveWithRotation();
    await run(['put', 'a'], 'one');
    await s.ok('RotateSecret', { ...WEEKLY, RotateImmediately: false });
    for (const _time of [1, 2]) {
      expect((await run(['rotate', 'a', '--wait'])).out).toContain('a is rotated');
      expect(await run(['rollback', 'a'])).toMatchObject({ code: 0 });
    }
    await lambda.stop();
  });

  it('gives up a rotation that does not come to its end, and its schedule', async () => {
    const { lambda, s } = await serveWithRotation();
    await run(['put', 'a'], 'one');
    lambda.failing.push(...Array.from({ length: 5 }, () => 'testSecret'));
    await s.ok('RotateSecret', WEEKLY);
    const described = () => s.ok('DescribeSecret', { SecretId: 'a' });
    const stages = async () => Object.values((await described())['VersionIdsToStages'] as object).flat() as string[];
    await expect.poll(stages, { timeout: 10_000 }).toContain('AWSPENDING');
    expect((await run(['cancel', 'a'])).out).toContain('a: given up');
    expect(await stages()).toEqual(['AWSCURRENT']);
    expect((await described())['RotationEnabled']).toBeFalsy();
    expect((await run(['cancel', 'a'])).out).toContain('a: nothing was under way');
    lambda.failing.length = 0;
    expect((await run(['rotate', 'a', '--wait'])).out).toContain('a is rotated');
    expect(await described()).toMatchObject({ RotationEnabled: true, RotationRules: WEEKLY.RotationRules });
    await lambda.stop();
  });

  it('does not rotate where nothing runs that could, and wants a name or --all', async () => {
    const { child } = await serve();
    await end(child, 'SIGTERM');
    const [named, unnamed] = [await run(['rotate', 'a']), await run(['rotate'])];
    expect([named.code, unnamed.code]).toEqual([1, 2]);
    expect(named.notes).toContain('nothing here runs');
    expect(unnamed.notes).toContain('--all');
  });

  it('opens a vault with a passphrase from a file', async () => {
    const file = join(dataDir, '..', `passphrase-${randomUUID()}`);
    writeFileSync(file, 'correct horse battery staple\n', { mode: 0o600 });
    const child = start(['serve', '--port', '0', '--passphrase-file', file]);
    await once(child.stdout!, 'data');
    await end(child, 'SIGTERM');
    expect(await run(['list', '--passphrase-file', file])).toMatchObject({ code: 0 });
    expect((await run(['list'])).notes).toContain('opens with a passphrase');
    rmSync(file);
  });
});
