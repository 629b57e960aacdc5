/**
 * The images of the product: where each is built from, what it may hold, and how much it may add to its base.
 */

export interface ImageSpec {
  readonly name: string;
  readonly dockerfile: string;
  readonly tag: string;
  /** Everything that lies in /app. */
  readonly holds: readonly string[];
}

const COMMON = ['node_modules', 'package.json', 'sbom.cdx.json', 'shared'];

export const IMAGES: readonly ImageSpec[] = [
  {
    name: 'gpu-runner',
    dockerfile: 'gpu-runner/Dockerfile',
    tag: 'jules/gpu-runner:local',
    holds: [...COMMON, 'gpu-runner'],
  },
  { name: 'gateway', dockerfile: 'gateway/Dockerfile', tag: 'jules/gateway:local', holds: [...COMMON, 'gateway'] },
  {
    name: 'host',
    dockerfile: 'local/host/Dockerfile',
    tag: 'jules/host:local',
    holds: [...COMMON, 'functions', 'local', 'sql', 'stacks'],
  },
];

/** Node, its packages and our source, over the base. */
export const ADDED_MB_MAX = 250;

/** A build argument of a Dockerfile or a variable of the compose file, and what it names by default. */
export interface PinnedImage {
  readonly where: string;
  readonly variable: string;
  readonly image: string;
}

const PINNED = /^(?:ARG (?<arg>\w+_IMAGE)=|\s+image: \$\{(?<variable>\w+_IMAGE):-)(?<image>[^}\s]+)\}?$/gm;

export function pinnedImages(where: string, text: string): readonly PinnedImage[] {
  return [...text.matchAll(PINNED)].map(({ groups = {} }) => ({
    where,
    variable: groups['arg'] ?? groups['variable'] ?? '',
    image: groups['image'] ?? '',
  }));
}
