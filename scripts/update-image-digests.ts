/**
 * `npm run images:pin`: writes the current digest of every base into the Dockerfiles and the compose file.
 *
 * Asks docker, so it works with whatever registries this machine may use. What could not be resolved keeps its digest
 * and is named; then the exit code is 1, since a placeholder cannot be built on. `--check` writes nothing.
 */

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const FILES = [
  'gpu-runner/Dockerfile',
  'gateway/Dockerfile',
  'local/host/Dockerfile',
  'local/compose/docker-compose.yml',
];
const PINNED = /(?<image>[a-z0-9][\w./-]*:[\w.-]+)@(?<digest>sha256:[0-9a-f]{64})/g;
const DIGEST = /sha256:[0-9a-f]{64}/;
const PLACEHOLDER = `sha256:${'0'.repeat(64)}`;
const ASK_MS_MAX = 600_000;

/** The digest of an image as its registry has it now. Throws Error saying why there is none. */
export type Resolve = (image: string) => Promise<string>;

export interface PinReport {
  /** Texts by path, as they should be. */
  readonly texts: ReadonlyMap<string, string>;
  readonly resolved: ReadonlyMap<string, string>;
  /** Why an image has no new digest. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** Images that are still on a placeholder after this. */
  readonly placeholders: readonly string[];
}

/** Asks once for each image. */
export async function pinImages(texts: ReadonlyMap<string, string>, resolve: Resolve): Promise<PinReport> {
  const known = new Map<string, string>();
  for (const text of texts.values()) {
    for (const { groups } of text.matchAll(PINNED)) known.set(groups!['image']!, groups!['digest']!);
  }
  const resolved = new Map<string, string>();
  const unresolved = new Map<string, string>();
  for (const image of known.keys()) {
    try {
      resolved.set(image, await resolve(image));
    } catch (error) {
      unresolved.set(image, error instanceof Error ? error.message : String(error));
    }
  }
  const pinned = [...texts].map(([path, text]) => [path, withDigests(text, resolved)] as const);
  const placeholders = [...known].filter(([image, digest]) => (resolved.get(image) ?? digest) === PLACEHOLDER);
  return { texts: new Map(pinned), resolved, unresolved, placeholders: placeholders.map(([image]) => image) };
}

function withDigests(text: string, digests: ReadonlyMap<string, string>): string {
  return text.replace(PINNED, (whole, image: string) => {
    const digest = digests.get(image);
    return digest === undefined ? whole : `${image}@${digest}`;
  });
}

/** The digest of the list of all processors where buildx is there; else of what this machine would pull. */
async function askDocker(image: string): Promise<string> {
  const asked = [
    ['buildx', 'imagetools', 'inspect', '--format', '{{json .Manifest.Digest}}', image],
    ['pull', image],
  ];
  const reasons: string[] = [];
  for (const args of asked) {
    try {
      const { stdout } = await promisify(execFile)('docker', args, { timeout: ASK_MS_MAX });
      const digest = DIGEST.exec(stdout)?.[0];
      if (digest !== undefined) return digest;
      reasons.push(`docker ${args[0]} names no digest`);
    } catch (error) {
      reasons.push(firstLine((error as { stderr?: string }).stderr) || String(error));
    }
  }
  throw new Error(reasons.at(-1));
}

function firstLine(text = ''): string {
  return text.trim().split('\n')[0] ?? '';
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const before = new Map(FILES.map((path) => [path, readFileSync(path, 'utf8')]));
  const report = await pinImages(before, askDocker);
  for (const [image, digest] of report.resolved) console.log(`pinned      ${image} ${digest}`);
  for (const [image, reason] of report.unresolved) console.log(`unresolved  ${image}: ${reason}`);
  for (const image of report.placeholders) console.log(`placeholder ${image}: cannot be built on until it is resolved`);
  const changed = [...report.texts].filter(([path, text]) => text !== before.get(path));
  if (!values.check) for (const [path, text] of changed) writeFileSync(path, text);
  for (const [path] of changed) console.log(`${values.check ? 'outdated' : 'written'}     ${path}`);
  console.log(
    `images: ${report.resolved.size} resolved, ${report.unresolved.size} not, ${changed.length} files changed`,
  );
  if (report.unresolved.size > 0) console.log('run it again where docker reaches the registries of these images');
  return report.unresolved.size === 0 && (!values.check || changed.length === 0) ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main();
