/**
 * The bases of the images: the pinned ones where a registry answers for both, else stand-ins made here.
 */

import { readFileSync } from 'node:fs';
import type { Docker } from './docker.ts';
import { pinnedImages } from './images.ts';
import { makeBases, STAND_INS } from './stand-ins.ts';
import type { Suite } from './suite.ts';

export interface Bases {
  readonly node: string;
  readonly debian: string;
}

const DOCKERFILE = 'gateway/Dockerfile';
const PLACEHOLDER = /@sha256:0{64}$/;
const PULL_MS_MAX = 300_000;

/** Null when not even stand-ins could be made. */
export async function chooseBases(suite: Suite, docker: Docker, folder: string): Promise<Bases | null> {
  const [node, debian] = ['NODE_IMAGE', 'DEBIAN_IMAGE'].map(pinnedBase);
  const refusal = (await refusalOf(docker, node!)) ?? (await refusalOf(docker, debian!));
  if (refusal === null) return { node: node!, debian: debian! };
  suite.cannot('the pinned bases', `${refusal}; a bare Debian of debootstrap with Node 24 of npm stands in`);
  const areMade = await suite.check('stand-in bases: a bare Debian, and Node 24 on it', async () => {
    await makeBases(docker, folder);
    return undefined;
  });
  return areMade ? STAND_INS : null;
}

function pinnedBase(variable: string): string {
  const pinned = pinnedImages(DOCKERFILE, readFileSync(DOCKERFILE, 'utf8'));
  return pinned.find((each) => each.variable === variable)!.image;
}

/** Why an image cannot be had; null when it is here now. */
async function refusalOf(docker: Docker, image: string): Promise<string | null> {
  if (PLACEHOLDER.test(image)) return `the digest of ${image.split('@')[0]} is still a placeholder`;
  const { code, stderr } = await docker.attempt(['pull', '--quiet', image], { timeoutMs: PULL_MS_MAX });
  return code === 0 ? null : `${image} cannot be pulled (${stderr.trim().split('\n')[0]})`;
}
