/**
 * The bill of materials of an image, as CycloneDX on stdout: the packages that npm installed, Node itself, and the
 * packages of the base.
 *
 *     node scripts/image-sbom.ts package.json node_modules/.package-lock.json /var/lib/dpkg/status
 *
 * npm's own `sbom --omit=dev` leaves out packages that a development package needs as well, such as zod here; what
 * `npm ci` notes of its own work leaves out nothing. Runs inside the build of an image, so it needs Node and no package.
 */

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

interface Component {
  readonly 'bom-ref': string;
  readonly type: 'library' | 'application';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
}

interface InstalledPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
}

export interface Materials {
  /** Of package.json. */
  readonly product: { readonly name: string; readonly version: string };
  /** By their place, such as `node_modules/zod`. */
  readonly installed: Readonly<Record<string, InstalledPackage>>;
  /** The text of dpkg's status file. */
  readonly status: string;
  readonly node: string;
}

/** The same materials give the same text: it holds no time and no random number. Throws Error on an empty list. */
export function billOfMaterials({ product, installed, status, node }: Materials): object {
  const npm = Object.entries(installed).map(([place, each]) => npmComponent(place, each));
  const debian = status.split('\n\n').flatMap((paragraph) => debianComponent(paragraph) ?? []);
  if (npm.length === 0) throw new Error('npm notes no installed package: name node_modules/.package-lock.json');
  if (debian.length === 0) throw new Error('dpkg notes no installed package: name its status file');
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'application', name: product.name, version: product.version } },
    components: unique([
      ...npm,
      component({ type: 'application', purl: 'generic/node', name: 'node', version: node }),
      ...debian,
    ]),
  };
}

function npmComponent(place: string, { version = '', integrity, license }: InstalledPackage): Component {
  const name = place.split('node_modules/').at(-1)!;
  return {
    ...component({ type: 'library', purl: `npm/${name.replace('@', '%40')}`, name, version }),
    ...(integrity?.startsWith('sha512-') && { hashes: [{ alg: 'SHA-512', content: hex(integrity) }] }),
    ...(license !== undefined && { licenses: [{ license: { name: license } }] }),
  };
}

/** Null for a package that was removed again. */
function debianComponent(paragraph: string): Component | null {
  const field = (name: string): string => new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1] ?? '';
  if (!field('Status').endsWith(' installed')) return null;
  const [name, version] = [field('Package'), field('Version')];
  return component({
    type: 'library',
    purl: `deb/debian/${name}`,
    name,
    version,
    suffix: `?arch=${field('Architecture')}`,
  });
}

function component(part: {
  type: Component['type'];
  purl: string;
  name: string;
  version: string;
  suffix?: string;
}): Component {
  const { type, name, version, suffix = '' } = part;
  const purl = `pkg:${part.purl}@${encodeURIComponent(version)}${suffix}`;
  return { 'bom-ref': purl, type, name, version, purl };
}

/** One package may lie in two places. */
function unique(components: readonly Component[]): readonly Component[] {
  return [...new Map(components.map((each) => [each.purl, each])).values()];
}

function hex(integrity: string): string {
  return Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
}

function main([manifestFile = '', lockFile = '', statusFile = '']: readonly string[]): void {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8')) as unknown;
  const bom = billOfMaterials({
    product: read(manifestFile) as Materials['product'],
    installed: (read(lockFile) as { packages: Materials['installed'] }).packages,
    status: readFileSync(statusFile, 'utf8'),
    node: process.versions.node,
  });
  process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
