/**
 * What sessions leave behind on disk: a run of them through the whole stack at full speed, with what each one added, and
 * what all of them take once the daily upkeep and vacuum have passed, which a stack that stays up sees by itself.
 */

import { rmSync } from 'node:fs';
import { withClient } from '../../local/database/connect.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { replay, runOptions } from '../support/stack/replays.ts';
import { sampleOf, type SizeWatch, watchSizes } from '../support/stack/session-sizes.ts';
import { atMost, type Measurement, measurement } from './measure.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSIONS = [20_250_102, 20_250_103, 20_250_106, 20_250_107, 20_250_108];
const BUDGET_MB = 1.5;
const BYTES_PER_MB = 1e6;

export async function benchDisk(): Promise<Measurement[]> {
  const { added, upkeptBytes } = await playSessions();
  const [first = Number.NaN, ...later] = added.map((bytes) => bytes / BYTES_PER_MB);
  return [
    measurement('database for each closed session of 2 symbols', 'MB', later, atMost(BUDGET_MB)),
    measurement('database for a closed session of 2 symbols, at most', 'MB', [Math.max(...later)], atMost(BUDGET_MB)),
    measurement('database for a closed session of 2 symbols, the first', 'MB', [first]),
    measurement(`database of ${SESSIONS.length} sessions after upkeep`, 'MB', [upkeptBytes / BYTES_PER_MB]),
  ];
}

async function playSessions(): Promise<{ added: number[]; upkeptBytes: number }> {
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: SESSIONS, seed: 5 });
  const options = runOptions({ bars, symbols: SYMBOLS, from: SESSIONS[0]!, to: SESSIONS.at(-1)!, rearm: 'session' });
  let watch: SizeWatch | null = null;
  let added: number[] = [];
  let upkeptBytes = Number.NaN;
  try {
    await replay(options, {
      onReady: (stack) => {
        watch = watchSizes(stack);
      },
      onFinished: async (stack) => {
        added = (await watch?.end()) ?? [];
        upkeptBytes = await upkeep(stack);
      },
    });
  } finally {
    rmSync(bars, { recursive: true });
  }
  return { added, upkeptBytes };
}

/** Bytes of all tables after it. */
function upkeep({ file, secrets }: Stack): Promise<number> {
  return withClient({ port: file.ports.postgres, secrets }, { role: 'superuser' }, async (client) => {
    await client.query('SELECT md.maintain(now())');
    await client.query('SELECT md.forget_sent()');
    await client.query('VACUUM');
    const { rows, messages } = await sampleOf(client);
    return rows + messages;
  });
}
