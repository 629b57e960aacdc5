/** Pins what a registry answers, keeps what it does not, and never hides a placeholder. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pinImages } from '../../../scripts/update-image-digests.ts';

const ZEROS = `sha256:${'0'.repeat(64)}`;
const OLD = `sha256:${'a'.repeat(64)}`;
const NEW = `sha256:${'b'.repeat(64)}`;

const texts = new Map([
  ['Dockerfile', `ARG NODE_IMAGE=node:24.21.0-bookworm-slim@${ZEROS}\nFROM \${NODE_IMAGE}\n`],
  ['compose.yml', `    image: \${DB:-timescale/timescaledb:2.29.1-pg18@${OLD}}\n    image: jules/host:local\n`],
]);

describe('pinning images', () => {
  it('writes the digest of every image, wherever it stands', async () => {
    const report = await pinImages(texts, async () => NEW);
    expect(report.texts.get('Dockerfile')).toContain(`node:24.21.0-bookworm-slim@${NEW}\n`);
    expect(report.texts.get('compose.yml')).toContain(`\${DB:-timescale/timescaledb:2.29.1-pg18@${NEW}}\n`);
    expect(report.texts.get('compose.yml')).toContain('image: jules/host:local\n');
    expect([report.unresolved.size, report.placeholders]).toEqual([0, []]);
  });

  it('keeps what a registry does not answer, and names what is still a placeholder', async () => {
    const report = await pinImages(texts, async (image) => {
      throw new Error(`no route to the registry of ${image}`);
    });
    expect([...report.texts]).toEqual([...texts]);
    expect(report.unresolved.get('timescale/timescaledb:2.29.1-pg18')).toBe(
      'no route to the registry of timescale/timescaledb:2.29.1-pg18',
    );
    expect(report.placeholders).toEqual(['node:24.21.0-bookworm-slim']);
  });

  it('asks once for an image that stands in several files', async () => {
    const asked: string[] = [];
    const twice = new Map([...texts, ['Other', texts.get('Dockerfile')!]]);
    await pinImages(twice, async (image) => {
      asked.push(image);
      return NEW;
    });
    expect(asked).toEqual(['node:24.21.0-bookworm-slim', 'timescale/timescaledb:2.29.1-pg18']);
  });

  it('finds every base of the Dockerfiles and the compose file', async () => {
    const paths = [
      'gpu-runner/Dockerfile',
      'gateway/Dockerfile',
      'local/host/Dockerfile',
      'local/compose/docker-compose.yml',
    ];
    const real = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
    const { resolved } = await pinImages(real, async () => NEW);
    expect([...resolved.keys()].toSorted()).toEqual([
      'debian:bookworm-slim',
      'localstack/localstack:4.14.0',
      'node:24.21.0-bookworm-slim',
      'nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04',
      'timescale/timescaledb:2.29.1-pg18',
    ]);
  });
});
