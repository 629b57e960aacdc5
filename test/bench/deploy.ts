/**
 * The deploy targets that run without Docker: MiniStack's functions and LocalStack's queues, from nothing to gone.
 *
 * Both have to be installed (`local/emulators/NAME/make-venv`): installing is not measured.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTargetFile } from '../../local/deploy/target-file.ts';
import type { EmulatorName } from '../../local/deploy/targets.ts';
import { LOCALSTACK } from '../../local/emulators/localstack/localstack.ts';
import { MINISTACK } from '../../local/emulators/ministack/ministack.ts';
import { formatSessionDate } from '../../shared/domain/calendar/session-date.ts';
import { functionNameOf } from '../../stacks/names.ts';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { isInstalled } from '../support/queues/emulators.ts';
import { jules, julesJson } from '../support/stack/jules.ts';
import { atMost, type Measurement, measurement, timed } from './measure.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = 20_250_103;
const COLD_RUNS = 5;
const WARM_RUNS = 50;
/** Neither opens a connection before its first message. */
const INVOKED = ['ingest', 'risk'] as const;
/** A message list without messages: the whole way of an invocation, and no work. */
const EVENT = JSON.stringify({ Records: [] });

export async function benchDeploy(): Promise<Measurement[]> {
  for (const kind of [MINISTACK, LOCALSTACK]) {
    if (!isInstalled(kind)) throw new Error(`${kind.name} is not installed: run ${kind.makeVenv} first`);
  }
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 5 });
  try {
    return [...(await benchMiniStack(bars)), ...(await benchLocalStack(bars))];
  } finally {
    rmSync(bars, { recursive: true });
  }
}

async function benchMiniStack(bars: string): Promise<Measurement[]> {
  const { value, seconds } = await onTarget('ministack', async (data) => {
    const { endpoint } = readTargetFile(data)!;
    const session = await replaySeconds('ministack', data, bars);
    return { session, ...(await invocations(endpoint!)) };
  });
  return [
    measurement('MiniStack: started, deployed, destroyed', 's', [seconds], atMost(120)),
    measurement("390 minutes x 2 symbols through MiniStack's functions", 's', [value.session], atMost(180)),
    measurement('an invocation on MiniStack, cold', 'ms', value.cold, atMost(300)),
    measurement('an invocation on MiniStack, warm', 'ms', value.warm, atMost(120)),
  ];
}

async function benchLocalStack(bars: string): Promise<Measurement[]> {
  const { value } = await onTarget('localstack', (data) => replaySeconds('localstack', data, bars));
  return [measurement("390 minutes x 2 symbols through LocalStack's queues", 's', [value], atMost(90))];
}

/** Deploys from an empty folder, works, destroys; the seconds are those of deploy and destroy. */
async function onTarget<Value>(
  name: EmulatorName,
  work: (data: string) => Promise<Value>,
): Promise<{ value: Value; seconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'jules-bench-'));
  const data = join(folder, 'data');
  let seconds = 0;
  const step = async (args: readonly string[]) => {
    const { exitCode, stderr, tookMs } = await jules([...args, '--data', data]);
    if (exitCode !== 0) throw new Error(`jules ${args.join(' ')} ended with ${exitCode}:\n${stderr}`);
    seconds += tookMs / 1_000;
  };
  try {
    await step(['deploy', '--target', name]);
    const value = await work(data);
    await step(['destroy']);
    return { value, seconds };
  } catch (error) {
    await jules(['destroy', '--data', data]);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of the session, without the start of Postgres and processes. */
async function replaySeconds(target: EmulatorName, data: string, bars: string): Promise<number> {
  const run = ['replay', '--target', target, '--data', data, '--compare'];
  const market = ['--bars', bars, '--symbols', SYMBOLS.join(','), '--date', formatSessionDate(SESSION)];
  const { wallMs, compare } = await julesJson<{ wallMs: number; compare: { equal: boolean } }>([...run, ...market]);
  if (!compare.equal) throw new Error(`the replay on ${target} has another ledger than the backtest`);
  return wallMs / 1_000;
}

async function invocations(endpoint: string): Promise<{ cold: number[]; warm: number[] }> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (const name of INVOKED) {
    const at = `${endpoint}/2015-03-31/functions/${functionNameOf(name)}`;
    for (let run = 0; run < COLD_RUNS; run++) {
      // A changed configuration ends the processes that wait for the next event.
      await send(`${at}/configuration`, { method: 'PUT', body: JSON.stringify({ Timeout: 30 + run }) });
      cold.push(await timed(() => send(`${at}/invocations`, { method: 'POST', body: EVENT })));
    }
    for (let run = 0; run < WARM_RUNS; run++) {
      warm.push(await timed(() => send(`${at}/invocations`, { method: 'POST', body: EVENT })));
    }
  }
  return { cold, warm };
}

async function send(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.ok && !response.headers.has('x-amz-function-error')) return;
  throw new Error(`${url} answered ${response.status}: ${text}`);
}
