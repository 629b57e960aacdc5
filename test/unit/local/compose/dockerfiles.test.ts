/** What can be said of the Dockerfiles without a daemon; `npm run verify:images` builds and runs them. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Every process that an image is started as, here or by the compose file. */
const IMAGES = [
  { dockerfile: 'gpu-runner/Dockerfile', entries: ['gpu-runner/main.ts'] },
  { dockerfile: 'gateway/Dockerfile', entries: ['gateway/main.ts'] },
  {
    dockerfile: 'local/host/Dockerfile',
    entries: ['local/host/main.ts', 'local/vault/main.ts', 'local/cli/main.ts'],
  },
];

const FROM = /^FROM (\S+)(?: AS (\S+))?$/gm;
const IMPORT = /(?:from|import\()\s*'(\.{1,2}\/[^']+\.ts)'/g;

describe.each(IMAGES)('$dockerfile', ({ dockerfile, entries }) => {
  const text = readFileSync(dockerfile, 'utf8');

  it('is built in stages, and starts from pinned bases alone', () => {
    const stages = [...text.matchAll(FROM)];
    const names = stages.map(([, , name]) => name);
    const bases = stages.map(([, base]) => base!).filter((base) => !names.includes(base) && base !== 'base-${VARIANT}');
    expect(stages.length).toBeGreaterThan(2);
    expect(bases.filter((base) => !/^\$\{\w+_IMAGE\}$/.test(base))).toEqual([]);
    for (const base of bases)
      expect(text).toMatch(new RegExp(`^ARG ${base.slice(2, -1)}=\\S+:\\S+@sha256:[0-9a-f]{64}$`, 'm'));
  });

  it('runs as a user without rights, says whether it is healthy and how it is stopped', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 10001:10001$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).not.toMatch(/^(ENTRYPOINT|CMD) (?!\[)/m);
  });

  it('listens where its health check asks', () => {
    const [, exposed] = /^EXPOSE (\d+)$/m.exec(text)!;
    expect(text).toContain(`JULES_LISTEN=0.0.0.0:${exposed}`);
    expect(text).toContain(`fetch('http://127.0.0.1:${exposed}/`);
  });

  it('holds every module that its processes import', () => {
    const copied = [...text.matchAll(/^COPY (\w[\w-]*) \1$/gm)].map(([, folder]) => `${folder}/`);
    const needed = modulesOf(entries);
    expect(needed.size).toBeGreaterThan(entries.length);
    expect([...needed].filter((path) => !copied.some((folder) => path.startsWith(folder)))).toEqual([]);
  });
});

/** Static and dynamic imports, types left out: they are gone when the module runs. */
function modulesOf(entries: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const text = readFileSync(path, 'utf8').replace(/import type [^;]+;/g, '');
    for (const [, target] of text.matchAll(IMPORT)) open.push(normalize(join(dirname(path), target!)));
  }
  for (const path of found) expect(existsSync(path)).toBe(true);
  return found;
}
