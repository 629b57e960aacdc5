/**
 * The market sources behind their one port: the same minutes whoever delivers them, and kinds that the registry knows.
 */

import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSource } from '../../../../gateway/sources/source.ts';
import { readRawBars } from '../../../../shared/contracts/minute-conversions.ts';
import { sessionOn } from '../../../../shared/domain/calendar/calendar.ts';
import type { BarTable } from '../../../../shared/domain/market/bar-table.ts';
import { MinuteFrame, MISSING } from '../../../../shared/domain/market/frame.ts';
import { MarketGenerator } from '../../../../shared/domain/market/generator/market-generator.ts';
import type { MarketSource, SessionStart } from '../../../../shared/ports/market-source.ts';
import { barFolder, CSV_HEADER, removeCsvFolders } from '../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL', 'MSFT'];
const never = new AbortController().signal;

function becomesFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

/** The whole session. */
function begin(date: number): SessionStart {
  const session = sessionOn(date)!;
  return { session, minuteIndex: 0, minutes: session.minutes };
}

/** Every minute from this one on, as frames. */
async function framesOf(source: MarketSource, date: number, minuteIndex = 0): Promise<MinuteFrame[]> {
  const market = await source.open({ ...begin(date), minuteIndex });
  const frames: MinuteFrame[] = [];
  for (let minute = await market.nextMinute(never); minute !== null; minute = await market.nextMinute(never)) {
    expect(minute.minuteIndex).toBe(minuteIndex + frames.length);
    expect(minute.bars.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
    const frame = new MinuteFrame(SYMBOLS.length);
    readRawBars(minute.bars, frame);
    frames.push(frame);
  }
  return frames;
}

function framesOfTable(table: BarTable): MinuteFrame[] {
  return Array.from({ length: table.minutes }, (_, minute) => {
    const frame = new MinuteFrame(SYMBOLS.length);
    table.readMinute(minute, frame);
    return frame;
  });
}

async function digestsOf(source: MarketSource, date: number): Promise<readonly string[]> {
  return (await source.open(begin(date))).digests;
}

describe('the generated source', () => {
  const source = openSource({ kind: 'generated', seed: 1, startSession: 20260102 }, SYMBOLS);

  it('begins with its first session and goes on by the calendar', () => {
    expect(source.nextSession(null)?.date).toBe(20260102);
    expect(source.nextSession(20260102)?.date).toBe(20260105);
    expect(source.nextSession(20260402)?.date).toBe(20260406);
  });

  it('ends with the exchange calendar', () => {
    expect(source.nextSession(20281228)?.date).toBe(20281229);
    expect(source.nextSession(20281229)).toBeNull();
  });

  it('delivers the bars of the generator, from the minute that it is opened at', async () => {
    const table = new MarketGenerator({ symbols: SYMBOLS, seed: 1 }).session(sessionOn(20260105)!);
    expect(await framesOf(source, 20260105)).toEqual(framesOfTable(table));
    expect(await framesOf(source, 20260105, 380)).toEqual(framesOfTable(table).slice(380));
  });

  it('names its bars by seed and symbol', async () => {
    const other = openSource({ kind: 'generated', seed: 2, startSession: 20260102 }, SYMBOLS);
    const digests = await digestsOf(source, 20260105);
    expect(new Set([...digests, ...(await digestsOf(other, 20260105))]).size).toBe(4);
  });
});

describe('the recorded source', () => {
  const market = new MarketGenerator({ symbols: SYMBOLS, seed: 2 });
  const dates = [20251128, 20251201, 20251203];
  const tables = new Map(dates.map((date) => [date, market.session(sessionOn(date)!)]));
  const barsDir = barFolder(SYMBOLS, tables);
  const opened = (sessions: number[], dir = barsDir) => openSource({ kind: 'csv', barsDir: dir, sessions }, SYMBOLS);

  it('plays its sessions in order and ends', async () => {
    const source = opened([20251203, 20251128]);
    expect(source.nextSession(null)).toEqual(sessionOn(20251128));
    expect(source.nextSession(20251128)?.date).toBe(20251203);
    expect(source.nextSession(20251203)).toBeNull();
    expect(await framesOf(source, 20251203)).toEqual(framesOfTable(tables.get(20251203)!));
  });

  it('reads a session when it is opened, wherever its rows stand by then', async () => {
    const folder = barFolder(SYMBOLS, tables);
    const source = opened(dates, folder);
    const before = await digestsOf(source, 20251203);
    const path = join(folder, 'AAPL.csv');
    const [header, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
    const bad = 'AAPL,broken';
    // The first session loses its first hour, and a row of the second one is bad.
    writeFileSync(path, `${[header, ...rows.slice(60, 300), bad, ...rows.slice(300)].join('\n')}\n`);
    const { quarantine } = await source.open(begin(20251201));
    expect(quarantine).toMatchObject([{ source: `${path}:242`, reason: 'unreadable-time', body: bad }]);
    expect(await framesOf(source, 20251203)).toEqual(framesOfTable(tables.get(20251203)!));
    expect(await digestsOf(source, 20251203)).toEqual(before);
  });

  const stopped = (message: string) => ({
    name: 'RunStoppedError',
    message: expect.stringContaining(message) as string,
    fix: expect.stringContaining('then start again, or begin another run with --new-run') as string,
  });
  const SPOILED: [string, (path: string) => void, string][] = [
    ['is gone', (path) => rmSync(path), 'has no file; the folder has MSFT'],
    ['has lost its rows', (path) => truncateSync(path, CSV_HEADER.length + 1), 'no rows that can be read'],
    ['is a folder by now', becomesFolder, 'cannot be read (EISDIR)'],
  ];

  it.each(SPOILED)('stops the run where a file %s before its first session is opened', async (_what, spoil, wrong) => {
    const folder = barFolder(SYMBOLS, tables);
    spoil(join(folder, 'AAPL.csv'));
    await expect(opened(dates, folder).open(begin(20251128))).rejects.toMatchObject(stopped(wrong));
  });

  it.each(SPOILED)('stops the run where a file %s by the time a later one is opened', async (_what, spoil, wrong) => {
    const folder = barFolder(SYMBOLS, tables);
    const source = opened(dates, folder);
    await source.open(begin(20251128));
    spoil(join(folder, 'AAPL.csv'));
    await expect(source.open(begin(20251201))).rejects.toMatchObject(stopped(wrong));
  });

  it('stops the run at a session of which no bar can be used by the time it is opened, with the reasons', async () => {
    const folder = barFolder(SYMBOLS, tables);
    const source = opened(dates, folder);
    await source.open(begin(20251128));
    const path = join(folder, 'MSFT.csv');
    // Its highest price is below its lowest.
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^(MSFT,2025-12-01.*?,.*?),.*?,.*?,/gm, '$1,1,2,'));
    await expect(source.open(begin(20251201))).rejects.toMatchObject(
      stopped('MSFT has no usable bar in session 2025-12-01: RANGE_CROSSED 390'),
    );
    expect(await framesOf(source, 20251203)).toEqual(framesOfTable(tables.get(20251203)!));
  });

  it('judges the minutes that are traded', async () => {
    const late = market.session(sessionOn(20251201)!);
    late.status.fill(MISSING, 0, 60);
    const source = opened([20251201], barFolder(SYMBOLS, new Map([[20251201, late]])));
    await expect(source.open({ ...begin(20251201), minutes: 60 })).rejects.toMatchObject(
      stopped('AAPL has no usable bar in session 2025-12-01: none in its first 60 minutes'),
    );
    expect(await source.open(begin(20251201))).toMatchObject({ quarantine: [] });
  });

  it('asks nothing of a session that is over', async () => {
    const folder = barFolder(SYMBOLS, new Map([...tables].slice(1)));
    expect(await framesOf(opened(dates, folder), 20251201)).toEqual(framesOfTable(tables.get(20251201)!));
  });

  it('says before its first minute which later session has no rows', async () => {
    await expect(opened([...dates, 20251204]).open(begin(20251201))).rejects.toMatchObject(
      stopped("session '2025-12-04' has no bar of AAPL"),
    );
  });

  it('has no bars of a session that is not its own', async () => {
    await expect(opened([20251201]).open(begin(20251203))).rejects.toMatchObject({
      name: 'RunStoppedError',
      message: expect.stringContaining('no bars of session 20251203') as string,
      fix: expect.stringContaining('--new-run') as string,
    });
  });

  it('names its bars by their content: one edited bar is another name, for its symbol alone', async () => {
    const edited = market.session(sessionOn(20251201)!);
    edited.closeE4[10] = edited.openE4[10]! + 100;
    edited.highE4[10] = Math.max(edited.highE4[10]!, edited.closeE4[10]);
    const folder = barFolder(SYMBOLS, new Map([[20251201, edited]]));
    const before = await digestsOf(opened([20251201]), 20251201);
    const after = await digestsOf(opened([20251201], folder), 20251201);
    expect(await digestsOf(opened(dates), 20251201)).toEqual(before);
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).toBe(before[1]);
  });
});

describe('any source', () => {
  it('delivers nothing after its signal has aborted', async () => {
    const source = openSource({ kind: 'generated', seed: 1, startSession: 20260102 }, SYMBOLS);
    const market = await source.open(begin(source.nextSession(null)!.date));
    expect(await market.nextMinute(AbortSignal.abort())).toBeNull();
  });

  it('of an unknown kind is refused, with the known ones', () => {
    expect(() => openSource({ kind: 'carrier-pigeon' }, SYMBOLS)).toThrow(
      "'carrier-pigeon' is not a market source; known are: generated, csv",
    );
  });

  it('is refused where its configuration has a field too many', () => {
    const config = { kind: 'generated', seed: 1, startSession: 20260102, sede: 2 };
    expect(() => openSource(config, SYMBOLS)).toThrow('sede');
  });
});
