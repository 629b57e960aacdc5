/**
 * A replay on a target refuses what is not there, half there, or somebody else's, and says what to do.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReplayTarget } from '../../../../../../local/cli/commands/replay/target.ts';
import { type TargetFile, writeTargetFile } from '../../../../../../local/deploy/target-file.ts';
import { prepareDataDir } from '../../../../../../local/stack/data-dir.ts';
import { freePorts } from '../../../../../../local/stack/ports.ts';
import { fakeTerminal } from '../../../../../support/stack/fake-terminal.ts';

const CONTEXT = { terminal: fakeTerminal(), env: {}, exit: () => undefined };
let dir = '';
let endpoint = '';
let ports = { postgres: 1, runner: 1 };
const server = createServer((_request, response) => {
  response.end(JSON.stringify({ version: '1.5.33', ready_scripts: {} }));
});

beforeEach(async () => {
  dir = prepareDataDir(mkdtempSync(join(tmpdir(), 'jules-replay-target-')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [postgres = 0, runner = 0] = await freePorts(2);
  ports = { postgres, runner };
});
afterEach(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

function deployed(changes: Partial<TargetFile> = {}): void {
  writeTargetFile(dir, {
    format: 1,
    target: 'ministack',
    endpoint,
    version: '1.5.33',
    account: '000000000000',
    region: 'us-east-1',
    stage: 'local',
    timing: 'short',
    functions: 'target',
    ports,
    stacks: [],
    state: 'deployed',
    startedAtMs: 1,
    finishedAtMs: 2,
    emulatorPid: null,
    ...changes,
  });
}

describe('the target of a replay', () => {
  it('is taken as it was deployed: queues, functions, times and ports', async () => {
    deployed();
    expect(await openReplayTarget('ministack', dir, CONTEXT)).toMatchObject({
      messaging: { kind: 'endpoint', target: 'ministack', endpoint, region: 'us-east-1', functions: 'target' },
      stage: 'short',
      ports,
    });
  });

  it('has to be deployed', async () => {
    await expect(openReplayTarget('ministack', dir, CONTEXT)).rejects.toThrow('nothing is deployed to MiniStack');
    deployed();
    await expect(openReplayTarget('localstack', dir, CONTEXT)).rejects.toThrow('nothing is deployed to LocalStack');
  });

  it.each(['deploying', 'destroying'] as const)('is refused while it is %s', async (state) => {
    deployed({ state });
    await expect(openReplayTarget('ministack', dir, CONTEXT)).rejects.toThrow('MiniStack is half');
  });

  it('has to answer', async () => {
    const [port] = await freePorts(1);
    deployed({ endpoint: `http://127.0.0.1:${port}` });
    await expect(openReplayTarget('ministack', dir, CONTEXT)).rejects.toThrow('nobody listens there');
  });

  it('is refused where another replay has its ports', async () => {
    deployed({ ports: { ...ports, runner: Number(new URL(endpoint).port) } });
    await expect(openReplayTarget('ministack', dir, CONTEXT)).rejects.toThrow('looks for the runner, is in use');
  });
});
