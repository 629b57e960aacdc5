/**
 * A search that finds nothing is worth what it would have found: every form, at every place.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeakSearch } from '../../../support/secrets/leak-search.ts';

const TEXT = 'a"secret\\with/Ünïcode & more';
const search = () => new LeakSearch([{ label: 'it', text: TEXT }]);

describe('a search for leaks', () => {
  it.each([
    ['plain', `password=${TEXT};`],
    ['hex', `0x${Buffer.from(TEXT).toString('hex')}`],
    ['HEX', Buffer.from(TEXT).toString('hex').toUpperCase()],
    ['percent', `?token=${encodeURIComponent(TEXT)}&x`],
    ['json', JSON.stringify({ deep: [TEXT] })],
    ['json in json', JSON.stringify(JSON.stringify({ TEXT }))],
    ['utf-16', Buffer.from(`x${TEXT}`, 'utf16le')],
  ])('finds it as %s', (form, text) => {
    expect(search().find(Buffer.from(text as string), 'here')).toContainEqual({ label: 'it', form, where: 'here' });
  });

  it('finds it in base64 whatever stands before and behind it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.constantFrom('base64', 'base64url'),
        (before, behind, encoding) => {
          const text = Buffer.concat([before, Buffer.from(TEXT), behind]).toString(encoding);
          expect(
            search()
              .find(Buffer.from(text), 'here')
              .some(({ form }) => form.startsWith('base64')),
          ).toBe(true);
        },
      ),
    );
  });

  it('finds it at the very start, at the very end and alone, and nothing where a byte is missing', () => {
    for (const text of [`${TEXT}x`, `x${TEXT}`, TEXT]) expect(search().find(Buffer.from(text), '')).toHaveLength(1);
    expect(search().find(Buffer.from(TEXT.slice(1)), '')).toEqual([]);
    expect(search().find(Buffer.from(TEXT.slice(0, -1)), '')).toEqual([]);
    expect(search().find(Buffer.alloc(0), '')).toEqual([]);
  });

  it('tells secrets with one beginning apart', () => {
    const both = new LeakSearch([
      { label: 'short', text: 'same-beginning' },
      { label: 'long', text: 'same-beginning-and-more' },
    ]);
    const labels = both.find(Buffer.from('same-beginning-and-mor'), '').map(({ label }) => label);
    expect(labels).toEqual(['short']);
  });

  it('goes through a folder, names of files included, and leaves out what it is asked to', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jules-leaks-'));
    try {
      mkdirSync(join(folder, 'deep'));
      writeFileSync(join(folder, 'deep', 'a.log'), 'value: the-planted-one');
      writeFileSync(join(folder, 'the-planted-one.txt'), '');
      writeFileSync(join(folder, 'key'), 'the-planted-one');
      const leaks = new LeakSearch([{ label: 'it', text: 'the-planted-one' }]).findInFolder(
        folder,
        (path) => path === 'key',
      );
      expect(leaks.map(({ where }) => where)).toEqual(['deep/a.log', 'the-planted-one.txt']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses what would be found by chance', () => {
    expect(() => new LeakSearch([{ label: 'it', text: 'short' }])).toThrow('it is too short');
  });
});
