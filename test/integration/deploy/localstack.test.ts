/**
 * LocalStack without Docker: queues and secrets deployed, our host polls them, and the ledger hash is that of the core.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isListening } from '../../../local/deploy/emulator-probe.ts';
import { readTargetFile } from '../../../local/deploy/target-file.ts';
import { LOCALSTACK } from '../../../local/emulators/localstack/localstack.ts';
import { isInstalled, whySkipped } from '../../support/emulators.ts';
import { jules, julesJson } from '../../support/jules.ts';
import { HOUR, recordedHour } from '../../support/recorded-hour.ts';

const STACKS = ['jules-local-messaging', 'jules-local-secrets'];

interface Deployed {
  readonly functions: string;
  readonly stacks: readonly { readonly stack: string; readonly status: string }[];
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

describe.skipIf(!isInstalled(LOCALSTACK))(`deployed to LocalStack${whySkipped(LOCALSTACK)}`, () => {
  let folder = '';
  let data: string[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jules-localstack-'));
    data = ['--data', join(folder, 'data')];
  });
  afterAll(async () => {
    await jules(['destroy', ...data]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('gets queues and secrets, and says by name what it does not get, and why', async () => {
    const deployed = await julesJson<Deployed>(['deploy', '--target', 'localstack', ...data]);
    expect(deployed.functions).toBe('host');
    expect(deployed.stacks.map(({ stack, status }) => [stack, status])).toEqual(
      STACKS.map((stack) => [stack, 'CREATE_COMPLETE']),
    );
    expect(deployed.leftOut).toContainEqual({
      what: 'the stacks functions and observability',
      why: expect.stringContaining('no Docker') as string,
    });
  });

  it(`gives ${HOUR} the ledger hash of the backtest`, async () => {
    const hour = recordedHour();
    const args = ['replay', '--target', 'localstack', '--compare', ...data, ...hour.args];
    const replayed = await julesJson<{ decisions: number; compare: object }>(args);
    hour.remove();
    expect(replayed.compare).toMatchObject({ equal: true, firstDifference: null });
    expect(replayed.decisions).toBe(60);
  });

  it('leaves nothing behind after a destroy', async () => {
    const { endpoint } = readTargetFile(data[1]!)!;
    const { exitCode } = await jules(['destroy', ...data]);
    expect(exitCode).toBe(0);
    expect(await isListening(endpoint!)).toBe(false);
    expect(readTargetFile(data[1]!)).toBeNull();
  });
});
