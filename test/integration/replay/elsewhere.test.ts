/**
 * The same hour through the queues of an emulator, polled by our own host, gives the ledger hash of the core alone.
 */

import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunOptions } from '../../../local/cli/options/run-options.ts';
import { type Emulator, startEmulator, stopEmulator } from '../../../local/emulators/emulator.ts';
import { MINISTACK } from '../../../local/emulators/ministack/ministack.ts';
import { createSqsClient, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../shared/adapters/sqs/client.ts';
import { queueStatus } from '../../../local/cli/commands/queues/queue-admin.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import type { MessagingConfig } from '../../../shared/runtime/stack-file.ts';
import { topology } from '../../../shared/topology.ts';
import { writeBarsFolder } from '../../support/bars/bars-folder.ts';
import { EMULATORS, isInstalled, whySkipped } from '../../support/queues/emulators.ts';
import { reachedMinute, replay, runOptions, undisturbed } from '../../support/stack/replays.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const MINUTES = 60;

let bars: string;
let hour: RunOptions;
let emulator: Emulator;
beforeAll(() => {
  bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [20_250_103], seed: 11 });
  hour = runOptions({ bars, symbols: SYMBOLS, date: 20_250_103, minutes: MINUTES });
});
afterEach(() => emulator.stop());
afterAll(() => rmSync(bars, { recursive: true }));

function elsewhere(kind: (typeof EMULATORS)[number]): MessagingConfig {
  const target = kind === MINISTACK ? 'ministack' : 'localstack';
  return { kind: 'endpoint', target, endpoint: emulator.endpoint, region: LOCAL_REGION, functions: 'host' };
}

for (const kind of EMULATORS) {
  describe.skipIf(!isInstalled(kind))(`an hour through ${kind.name}'s queues${whySkipped(kind)}`, () => {
    it('equals the backtest, and again under queues that remember the first', async () => {
      emulator = await startEmulator(kind);
      const expected = undisturbed(hour);
      expect(expected.orders).toBeGreaterThan(0);
      for (const _time of [1, 2]) {
        const { summary } = await replay(hour, { messaging: elsewhere(kind) });
        expect(summary).toEqual(expected);
      }
      const client = createSqsClient({
        endpoint: emulator.endpoint,
        region: LOCAL_REGION,
        credentials: LOCAL_CREDENTIALS,
      });
      const depths = await queueStatus(client, topology());
      expect(depths.map(({ waiting, inFlight, dead }) => waiting + inFlight + dead)).toEqual([0, 0, 0, 0]);
      client.destroy();
    });
  });
}

describe.skipIf(!isInstalled(MINISTACK))(`an endpoint that loses everything half way${whySkipped(MINISTACK)}`, () => {
  it('costs time and nothing else', async () => {
    emulator = await startEmulator(MINISTACK);
    const longer = { ...hour, minutes: 2 * MINUTES };
    let backMs = 0;
    const killAndRestart = async (stack: Stack) => {
      await reachedMinute(stack, MINUTES);
      await stopEmulator(emulator.pid, 0);
      emulator = await startEmulator(MINISTACK, { port: Number(new URL(emulator.endpoint).port) });
      backMs = Date.now();
    };
    const { summary, latency } = await replay(longer, {
      stage: 'fast-redelivery',
      messaging: elsewhere(MINISTACK),
      onReady: (stack) => void killAndRestart(stack),
    });
    // One minute was under way while the endpoint was gone, and had to wait for it.
    const caught = latency.filter((row) => row.closedMs < backMs && row.recordedMs > backMs);
    expect(caught).toHaveLength(1);
    expect(summary).toEqual(undisturbed(longer));
  });
});
