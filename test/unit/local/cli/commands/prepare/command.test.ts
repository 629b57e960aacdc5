/** `prepare` makes what processes elsewhere read, once, and shows no secret while it does. */

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../../../../local/cli/program.ts';
import { readAccessKey } from '../../../../../../shared/runtime/access-key-file.ts';
import { readStackFile } from '../../../../../../shared/runtime/stack-file.ts';
import { fakeTerminal } from '../../../../../support/stack/fake-terminal.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function places() {
  const folder = mkdtempSync(join(tmpdir(), 'jules-prepare-'));
  folders.push(folder);
  return { dataDir: join(folder, 'data'), passwordFile: join(folder, 'database-admin') };
}

async function prepare(dataDir: string, args: readonly string[], env: Record<string, string> = {}) {
  const terminal = fakeTerminal();
  const code = await runCli(['prepare', '--data', dataDir, ...args], { env, terminal });
  return { code, data: terminal.data, notes: terminal.notes };
}

describe('jules prepare', () => {
  it('describes a run on the ports of the images and on the queues of LocalStack', async () => {
    const { dataDir } = places();
    const { code } = await prepare(dataDir, ['--queues', 'http://localstack:4566', '--symbols', 'MSFT']);
    const stack = readStackFile(dataDir);
    expect([code, stack.kind, stack.run.symbols, stack.exitWhenDone]).toEqual([0, 'paper', ['MSFT'], false]);
    expect(stack.ports).toMatchObject({ secrets: 4_740, page: 4_750, gateway: 4_760, runner: 4_770 });
    expect(stack.messaging).toMatchObject({
      kind: 'endpoint',
      target: 'localstack',
      endpoint: 'http://localstack:4566',
    });
  });

  it('hands the password of the database server to its group alone, and says it nowhere', async () => {
    const { dataDir, passwordFile } = places();
    const { data, notes } = await prepare(dataDir, ['--admin-password-file', passwordFile, '--json']);
    const password = readFileSync(passwordFile, 'utf8');
    expect(password).toMatch(/^[\w-]{40}$/);
    expect(statSync(passwordFile).mode & 0o777).toBe(0o640);
    expect([...data, ...notes].join('\n')).not.toContain(password);
    expect(readAccessKey(dataDir).secretAccessKey).toMatch(/^[\w-]{40}$/);
  });

  it('continues the same run and keeps its secrets', async () => {
    const { dataDir, passwordFile } = places();
    const args = ['--admin-password-file', passwordFile];
    const first = await prepare(dataDir, args);
    const before = [readFileSync(passwordFile, 'utf8'), readAccessKey(dataDir)];
    const second = await prepare(dataDir, args);
    expect([first.data[0], second.data[0]]).toEqual([
      expect.stringMatching(/^begins run paper-/),
      expect.stringMatching(/^continues run paper-/),
    ]);
    expect([readFileSync(passwordFile, 'utf8'), readAccessKey(dataDir)]).toEqual(before);
  });

  it('makes good a password file that a crash left out', async () => {
    const { dataDir, passwordFile } = places();
    await prepare(dataDir, ['--admin-password-file', passwordFile]);
    const password = readFileSync(passwordFile, 'utf8');
    rmSync(passwordFile);
    await prepare(dataDir, ['--admin-password-file', passwordFile]);
    expect(readFileSync(passwordFile, 'utf8')).toBe(password);
  });

  it('says that other options begin another run, which host and gateway have to be told', async () => {
    const { dataDir } = places();
    await prepare(dataDir, []);
    const { data, notes } = await prepare(dataDir, ['--symbols', 'NVDA']);
    expect(data[0]).toMatch(/^begins run paper-/);
    expect(notes).toEqual(['start host and gateway again: they read what to do once']);
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [['--queues', 'localstack:4566'], {}, /--queues/],
    [
      ['--profile', 'enhanced', '--symbols', 'AAPL,MSFT'],
      {},
      /--profile: 'enhanced' is refused by prepare.*daily bars/,
    ],
    [[], { JULES_DATABASE: 'timescale' }, /JULES_DATABASE is 'timescale'/],
  ])('refuses %j with %j, naming what is wrong', async (args, env, message) => {
    const { dataDir } = places();
    const { code, notes } = await prepare(dataDir, args, env);
    expect(code).toBe(2);
    expect(notes.join('\n')).toMatch(message);
  });
});
