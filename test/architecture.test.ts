/**
 * Holds the two pictures of imports in ARCHITECTURE.md against the imports: every arrow that there is, none more, and
 * each of them downward.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { arrows } from './support/tree/import-graph.ts';

const TOP_FOLDERS = /^(stacks\/cost|stacks\/pricing|stacks|local|gateway|gpu-runner|functions|shared\/[^/.]+)(?=[/.])/;
const DOMAIN_FOLDERS = /^shared\/domain\/([^/]+)\//;

/** Rows of a fenced picture, from the top: a folder and what it imports. */
type Picture = readonly (readonly [string, readonly string[]])[];

function drawn(name: string): Picture {
  const block = new RegExp(`^\`\`\`text ${name}\n([^]*?)^\`\`\``, 'm').exec(
    readFileSync('ARCHITECTURE.md', 'utf8'),
  )?.[1];
  const rows = (block ?? '').split('\n').filter((row) => row.trim() !== '');
  return rows.map((row) => {
    const [folder = '', targets = ''] = row.split('─▶').map((part) => part.trim());
    return [folder, targets.split(/\s+/).filter((target) => target !== '' && target !== '·')] as const;
  });
}

/** As it would be drawn with the rows in the order of the picture. */
function found(picture: Picture, folders: RegExp): Picture {
  const graph = arrows((path) => folders.exec(path)?.[1] ?? null);
  const order = picture.map(([folder]) => folder);
  const unknown = [...graph.keys()].filter((folder) => !order.includes(folder)).toSorted();
  return [...order, ...unknown].map((folder) => {
    const targets = [...(graph.get(folder) ?? [])];
    return [folder, targets.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))] as const;
  });
}

describe.each([
  ['folders', TOP_FOLDERS],
  ['domain', DOMAIN_FOLDERS],
])('the picture of the %s', (name, folders) => {
  const picture = drawn(name);

  it('has rows', () => {
    expect(picture.length).toBeGreaterThan(5);
  });

  it('draws every import, and none that there is not', () => {
    expect(text(picture)).toEqual(text(found(picture, folders)));
  });

  it('has downward arrows only', () => {
    const order = picture.map(([folder]) => folder);
    const upward = picture.flatMap(([folder, targets]) =>
      targets
        .filter((target) => order.indexOf(target) <= order.indexOf(folder))
        .map((target) => `${folder} ─▶ ${target}`),
    );
    expect(upward).toEqual([]);
  });
});

function text(picture: Picture): string[] {
  return picture.map(([folder, targets]) => `${folder} ─▶ ${targets.join(' ')}`.trimEnd());
}
