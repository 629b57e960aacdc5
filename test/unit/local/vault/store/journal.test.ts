/**
 * The journal is a chain: it goes on after a restart, survives a torn line, and shows what was changed.
 */

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Journal, openJournal } from '../../../../../local/vault/store/journal.ts';
import type { SecretEvent } from '../../../../../shared/ports/secret-audit.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jules-journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function event(changes: Partial<SecretEvent> = {}): SecretEvent {
  return {
    atMs: 1_000,
    kind: 'change',
    operation: 'PutSecretValue',
    actor: 'cli',
    secret: 'a',
    versionId: null,
    outcome: 'ok',
    ...changes,
  };
}

async function write(count: number, fileBytesMax?: number): Promise<void> {
  const journal = await openJournal(dir, fileBytesMax);
  await Promise.all(Array.from({ length: count }, (_, at) => journal.record(event({ secret: `s${at}` }))));
  await journal.close();
}

async function read(journal: Journal): Promise<string[]> {
  const found: string[] = [];
  for await (const line of journal.lines()) found.push(`${line.sequence} ${line.event.secret}`);
  return found;
}

function files(): string[] {
  return readdirSync(dir).sort();
}

async function refusal(): Promise<unknown> {
  try {
    const journal = await openJournal(dir);
    await read(journal);
    return null;
  } catch (error) {
    return (error as { code: unknown }).code;
  }
}

describe('the journal', () => {
  it('goes on where it was, across files', async () => {
    await write(5, 500);
    await write(2, 500);
    expect(files().length).toBeGreaterThan(2);
    const journal = await openJournal(dir, 500);
    expect(journal.sequence).toBe(7);
    expect(await read(journal)).toEqual(['1 s0', '2 s1', '3 s2', '4 s3', '5 s4', '6 s0', '7 s1']);
  });

  it('drops a line that a power cut tore, and goes on', async () => {
    await write(2);
    appendFileSync(join(dir, files()[0]!), '{"sequence":3,"event":{"atMs"');
    await write(1);
    expect(await read(await openJournal(dir))).toEqual(['1 s0', '2 s1', '3 s0']);
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['changed', (lines) => lines.map((line, at) => (at === 1 ? line.replace('"s1"', '"s9"') : line))],
    ['taken away', (lines) => lines.filter((_, at) => at !== 1)],
    ['put in twice', (lines) => lines.flatMap((line, at) => (at === 1 ? [line, line] : [line]))],
    ['moved', ([first = '', second = '', ...rest]) => [second, first, ...rest]],
    ['given more', (lines) => lines.map((line, at) => (at === 1 ? `${line} ` : line))],
  ])('shows a line that was %s', async (_what, change) => {
    await write(3);
    const path = join(dir, files()[0]!);
    writeFileSync(path, `${change(readFileSync(path, 'utf8').trimEnd().split('\n')).join('\n')}\n`);
    expect(await refusal()).toBe('JOURNAL_ALTERED');
  });

  it('shows that a whole file is missing', async () => {
    await write(12, 500);
    rmSync(join(dir, files()[1]!));
    expect(await refusal()).toBe('JOURNAL_ALTERED');
  });
});
