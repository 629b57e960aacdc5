/** An image's bill of materials names everything that was installed, and nothing that was not. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { billOfMaterials, type Materials } from '../../../scripts/image-sbom.ts';

const STATUS = `Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u13

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
`;

const materials = (changes: Partial<Materials> = {}): Materials => ({
  product: { name: 'intraday-jules', version: '0.1.0' },
  installed: { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-AAEC', license: 'MIT' } },
  status: STATUS,
  node: '24.21.0',
  ...changes,
});

const purls = (bom: object): string[] => (bom as { components: { purl: string }[] }).components.map(({ purl }) => purl);

describe('the bill of materials', () => {
  it('names npm packages, Node and the packages of the base', () => {
    expect(purls(billOfMaterials(materials()))).toEqual([
      'pkg:npm/zod@4.6.7',
      'pkg:generic/node@24.21.0',
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u13?arch=amd64',
    ]);
  });

  it('keeps licence and digest of a package', () => {
    const [zod] = (billOfMaterials(materials()) as { components: object[] }).components;
    expect(zod).toMatchObject({
      hashes: [{ alg: 'SHA-512', content: '000102' }],
      licenses: [{ license: { name: 'MIT' } }],
    });
  });

  it('names a scoped package once, wherever it lies', () => {
    const installed = {
      'node_modules/@hono/node-server': { version: '2.1.8' },
      'node_modules/a/node_modules/@hono/node-server': { version: '2.1.8' },
      'node_modules/b/node_modules/@hono/node-server': { version: '2.0.0' },
    };
    expect(purls(billOfMaterials(materials({ installed }))).filter((purl) => purl.startsWith('pkg:npm/'))).toEqual([
      'pkg:npm/%40hono/node-server@2.1.8',
      'pkg:npm/%40hono/node-server@2.0.0',
    ]);
  });

  it('refuses to be empty', () => {
    expect(() => billOfMaterials(materials({ installed: {} }))).toThrow(/npm notes no installed package/);
    expect(() => billOfMaterials(materials({ status: '' }))).toThrow(/dpkg notes no installed package/);
  });

  it('is written by the script from what npm noted of its own installation', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jules-sbom-'));
    try {
      writeFileSync(join(folder, 'status'), STATUS);
      const args = ['package.json', 'node_modules/.package-lock.json', join(folder, 'status')];
      const text = execFileSync(process.execPath, ['scripts/image-sbom.ts', ...args], { encoding: 'utf8' });
      const names = new Set(
        (JSON.parse(text) as { components: { name: string }[] }).components.map(({ name }) => name),
      );
      const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
      const wanted = Object.keys(dependencies);
      expect(wanted.filter((name) => !names.has(name))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
