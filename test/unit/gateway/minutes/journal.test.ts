/**
 * The raw journal: on the disk before anything else, readable after any crash.
 */

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journal, type JournalLine } from '../../../../gateway/minutes/journal.ts';
import { NEXT_SESSION, SESSION } from '../../../support/core/core.ts';

function line(minuteIndex: number, overrides: Partial<JournalLine> = {}): JournalLine {
  return {
    session: SESSION.date,
    minuteIndex,
    openMs: SESSION.openMs + minuteIndex * 60_000,
    bars: [
      { symbol: 'AAPL', status: 'missing' },
      {
        symbol: 'MSFT',
        status: 'bar',
        openE4: 1,
        highE4: null,
        lowE4: -3,
        closeE4: 4.5,
        volume: 10.5,
        faults: ['UNPARSEABLE'],
      },
    ],
    ...overrides,
  };
}

describe('the journal', () => {
  let dataDir = '';
  let journals: Journal[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'jules-journal-'));
    journals = [];
  });
  afterEach(async () => {
    await Promise.all(journals.map((journal) => journal.close()));
    rmSync(dataDir, { recursive: true });
  });

  const start = (): Journal => {
    const journal = new Journal(dataDir, 'run-1');
    journals.push(journal);
    return journal;
  };
  const path = (session = SESSION.date) => join(dataDir, 'journal', 'run-1', `${session}.jsonl`);
  const read = (session?: number): unknown[] =>
    readFileSync(path(session), 'utf8')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);

  it('keeps minutes as they were delivered, whatever they hold', async () => {
    const journal = start();
    for (const minute of [0, 1]) await journal.append(line(minute));
    expect(read()).toEqual([line(0), line(1)]);
  });

  it('has a file for each session', async () => {
    const journal = start();
    await journal.append(line(0));
    await journal.append(line(0, { session: NEXT_SESSION.date }));
    expect(readdirSync(join(dataDir, 'journal', 'run-1')).toSorted()).toEqual(['20250103.jsonl', '20250106.jsonl']);
  });

  it('goes on in the same file after a restart', async () => {
    await start().append(line(0));
    await start().append(line(1));
    expect(read()).toEqual([line(0), line(1)]);
  });

  it('keeps the next minute whole when a crash has left half a line', async () => {
    await start().append(line(0));
    await start().append(line(1));
    const whole = readFileSync(path(), 'utf8');
    truncateSync(path(), whole.length - 20);
    await start().append(line(1));
    const texts = readFileSync(path(), 'utf8').trimEnd().split('\n');
    expect(texts).toHaveLength(3);
    expect(JSON.parse(texts[0]!)).toEqual(line(0));
    expect(() => JSON.parse(texts[1]!) as unknown).toThrow(SyntaxError);
    expect(JSON.parse(texts[2]!)).toEqual(line(1));
  });

  it('adds no empty line to a file that ends well', async () => {
    await start().append(line(0));
    appendFileSync(path(), '');
    await start().append(line(1));
    expect(readFileSync(path(), 'utf8').split('\n')).toHaveLength(3);
  });

  it('asks the disk to keep a line before it says that it is kept', async () => {
    const journal = start();
    await journal.append(line(0));
    const datasync = vi.spyOn(await fileHandlePrototype(path()), 'datasync');
    await journal.append(line(1));
    expect(datasync).toHaveBeenCalledTimes(1);
  });

  it('can be closed twice', async () => {
    const journal = start();
    await journal.append(line(0));
    await journal.close();
    await expect(journal.close()).resolves.toBeUndefined();
  });
});

/** What all file handles have in common. */
async function fileHandlePrototype(path: string): Promise<FileHandle> {
  const file = await open(path, 'r');
  await file.close();
  return Object.getPrototypeOf(file) as FileHandle;
}
