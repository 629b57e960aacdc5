/**
 * Guards what no linter rule can say: size of files and folders, where tests are, links, indexes, numbering, provenance
 * of data, and traces of the machine that the code was written on.
 *
 * Reads every file that git knows or would add, so unfinished work is held to the same rules.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeLines, headingAnchors, internalLinks, withoutComments } from './tidy-text.ts';

const CODE_LINES_MAX = 300;
const FILES_PER_FOLDER_MAX = 25;
const CODE = /\.(ts|js|mjs|cjs|sql|py)$/;
const SOURCE = /\.(ts|js|mjs|cjs)$/;
const COMMENTED = /\.(ts|js|mjs|cjs|sql|css|sh|ya?ml)$|^(jules|scripts\/with-node|\.ci\/run)$/;
const PURE = /^(shared\/(domain|contracts|ports)\/.*|functions\/[^/]+\/handler)\.ts$/;
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|onnx|gz|zip|pdf|bin|sqlite)$/;
const READS_A_DEFAULT_EXPORT = ['vitest.config.ts', '.dependency-cruiser.mjs'];

/** Fields of what `--json` prints. */
const PRINTS_ISO_AS_DATA = new Set([
  'local/cli/commands/audit/entry-line.ts',
  'local/cli/commands/status/run.ts',
  'local/cli/commands/status/target.ts',
]);

const files = execFileSync(
  'git',
  ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'],
  {
    encoding: 'utf8',
  },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(path));
const texts = files.filter((path) => !BINARY.test(path)).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const sources = texts.filter(({ path }) => SOURCE.test(path));

describe('source files', () => {
  it('are found at all', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it(`have at most ${CODE_LINES_MAX} lines of code`, () => {
    const long = sources.filter(({ text }) => codeLines(text) > CODE_LINES_MAX);
    expect(long.map(({ path, text }) => `${path}: ${codeLines(text)}`)).toEqual([]);
  });

  it('open with a comment that says what they are for', () => {
    const silent = texts.filter(({ path, text }) => COMMENTED.test(path) && !opensWithComment(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('export by name', () => {
    const unnamed = sources.filter(
      ({ path, text }) => !READS_A_DEFAULT_EXPORT.includes(path) && /^export default\b/m.test(withoutComments(text)),
    );
    expect(unnamed.map(({ path }) => path)).toEqual([]);
  });

  it('take time, chance and settings as arguments where decisions are made', () => {
    const world =
      /\bnew Date\(\s*\)|\bDate\(\s*\)|\bDate\s*\.\s*now\b|\bMath\s*\.\s*random\b|\bprocess\s*\.|\bperformance\s*\./;
    const impure = sources.filter(({ path, text }) => PURE.test(path) && world.test(withoutComments(text)));
    expect(impure.map(({ path }) => path)).toEqual([]);
  });

  it('count minutes from 1 wherever they say one, and tell the time of New York', () => {
    const products = sources.filter(({ path }) => /^(shared|functions|gateway|gpu-runner|local)\//.test(path));
    const fromZero = products.filter(({ text }) => /minute \$\{[^}+]*minute(Index)?\}/i.test(withoutComments(text)));
    expect(fromZero.map(({ path }) => path)).toEqual([]);
    const isoTimes = products.filter(
      ({ path, text }) =>
        path.startsWith('local/cli/') && text.includes('toISOString') && !PRINTS_ISO_AS_DATA.has(path),
    );
    expect(isoTimes.map(({ path }) => path)).toEqual([]);
  });

  it('give a reason wherever a rule is set aside', () => {
    const pardon = new RegExp(
      `(${'oxlint'}-disable|${'eslint'}-disable|@ts-${'expect'}-error|${'biome'}-ignore)([^\n]*)`,
      'g',
    );
    const silent = sources.flatMap(({ path, text }) =>
      [...text.matchAll(pardon)]
        .filter(([, , rest]) => !/(--|:) \S+ \S+/.test(rest ?? ''))
        .map(([line]) => `${path}: ${line}`),
    );
    expect(silent).toEqual([]);
  });

  it('never silence the type checker', () => {
    const silencer = new RegExp(`@ts-(${'nocheck'}|${'ignore'})`);
    expect(sources.filter(({ text }) => silencer.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('folders', () => {
  it(`of code have at most ${FILES_PER_FOLDER_MAX} files of their own`, () => {
    const counts = Map.groupBy(
      files.filter((path) => CODE.test(path)),
      (path) => dirname(path),
    );
    const full = [...counts].filter(([, own]) => own.length > FILES_PER_FOLDER_MAX);
    expect(full.map(([folder, own]) => `${folder}: ${own.length}`)).toEqual([]);
  });

  it('of unit and property tests are those of the sources they are about', () => {
    const tests = files.flatMap((path) => /^test\/(?:unit|property)\/(.+)\.test\.ts$/.exec(path)?.[1] ?? []);
    const sourceFolder = (path: string): string => dirname(path).replace(/^support(?=\/|$)/, 'test/support');
    expect(tests.length).toBeGreaterThan(100);
    expect(tests.filter((path) => !existsSync(sourceFolder(path)))).toEqual([]);
  });
});

describe('every tracked file', () => {
  it('is finished: no notes to self', () => {
    const note = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
    expect(offenders(note)).toEqual([]);
  });

  it('names no folder of the machine it was written on', () => {
    const folders = ['wo' + 'rk\\b', 'ro' + 'ot/', 'home/[a-z][a-z0-9_-]*/', 'Users/[A-Za-z]+/'];
    expect(offenders(new RegExp(`(^|[^\\w.~$}*-])/(${folders.join('|')})`, 'm'))).toEqual([]);
  });

  it('names no package registry', () => {
    expect(
      offenders(new RegExp(['registry\\.npm' + 'js\\.org', 'registry\\.yarn' + 'pkg', '"resol' + 'ved": '].join('|'))),
    ).toEqual([]);
  });

  function offenders(pattern: RegExp): string[] {
    return texts.flatMap(({ path, text }) => {
      const match = pattern.exec(text);
      return match === null ? [] : [`${path}: ${match[0].trim()}`];
    });
  }
});

describe('documents', () => {
  const documents = texts.filter(({ path }) => path.endsWith('.md'));

  it('link to files and headings that exist', () => {
    const broken = documents.flatMap(({ path, text }) =>
      internalLinks(text)
        .filter((link) => !resolves(path, link))
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('of docs/ are named in the README, decisions and runbooks in their indexes', () => {
    const unnamed = [
      ['README.md', /^(docs\/[^/]+|CONTRIBUTING|ARCHITECTURE|CHANGELOG)\.md$/],
      ['docs/decisions/README.md', /^docs\/decisions\/\d{4}-/],
      ['docs/runbooks/README.md', /^docs\/runbooks\//],
    ] as const;
    const missing = unnamed.flatMap(([index, pages]) => {
      const links = internalLinks(readFileSync(index, 'utf8')).map((link) => normalize(join(dirname(index), link)));
      const isTemplate = (path: string): boolean => path.endsWith('/0000-template.md');
      const wanted = files.filter((path) => pages.test(path) && path !== index && !isTemplate(path));
      return wanted.filter((path) => !links.includes(path)).map((path) => `${index} lacks ${path}`);
    });
    expect(missing).toEqual([]);
  });

  it('number decisions without gaps or repetitions', () => {
    const numbers = files
      .filter((path) => /^docs\/decisions\/\d{4}-/.test(path))
      .map((path) => Number(basename(path).slice(0, 4)))
      .toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index));
  });

  function resolves(from: string, link: string): boolean {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? from : normalize(join(dirname(from), decodeURI(path)));
    if (!existsSync(target)) return false;
    return (
      anchor === undefined || !target.endsWith('.md') || headingAnchors(readFileSync(target, 'utf8')).includes(anchor)
    );
  }
});

describe('market data among the fixtures', () => {
  const dataFiles = files.filter((path) => /^test\/fixtures\/.*\.(csv|parquet|jsonl)(\.gz)?$/.test(path));
  const folders = [...new Set(dataFiles.map((path) => dirname(path)))];

  it('says in metadata.json where it comes from, under which licence, from when, and its SHA-256', () => {
    expect(folders.flatMap((folder) => provenanceFaults(folder))).toEqual([]);
  });

  function provenanceFaults(folder: string): string[] {
    const path = join(folder, 'metadata.json');
    if (!existsSync(path)) return [`${path} is missing`];
    const metadata = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const absent = ['source', 'licence', 'date', 'sha256'].filter((key) => metadata[key] === undefined);
    const recorded = JSON.stringify(metadata['sha256'] ?? '');
    const changed = dataFiles.filter((file) => dirname(file) === folder && !recorded.includes(sha256(file)));
    return [
      ...absent.map((key) => `${path} lacks ${key}`),
      ...changed.map((file) => `${file} is not what ${path} records`),
    ];
  }

  function sha256(path: string): string {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  }
});

function opensWithComment(text: string): boolean {
  const [first = ''] = text
    .replace(/^#!.*\n/, '')
    .trimStart()
    .split('\n');
  return /^(\/\*|\/\/|--|#)/.test(first);
}
