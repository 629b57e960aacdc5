/**
 * Staging labels: each sits on one version of a secret at most, and AWSPREVIOUS follows where AWSCURRENT was.
 */

import type { SecretRecord, SecretVersion } from '../../vault/store/records.ts';

export const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
export const PENDING = 'AWSPENDING';

type Versions = readonly SecretVersion[];

export function holderOf(versions: Versions, stage: string): SecretVersion | null {
  return versions.find(({ stages }) => stages.includes(stage)) ?? null;
}

/** Puts labels on one version and takes them from all others. */
export function attach(versions: Versions, versionId: string, stages: readonly string[]): SecretVersion[] {
  const losesCurrent = stages.includes(CURRENT) ? holderOf(versions, CURRENT) : null;
  const moved = versions.map((version) =>
    version.id === versionId ? withStages(version, stages) : withoutStages(version, stages),
  );
  if (losesCurrent === null || losesCurrent.id === versionId) return moved;
  return movePrevious(moved, losesCurrent.id);
}

export function detach(versions: Versions, versionId: string, stage: string): SecretVersion[] {
  return versions.map((version) => (version.id === versionId ? withoutStages(version, [stage]) : version));
}

const VERSIONS_KEPT = 100;
const DAY_MS = 86_400_000;

/** Beyond 100 versions those without a label go, oldest first; none that is younger than a day. */
export function pruned(versions: Versions, nowMs: number): SecretVersion[] {
  const surplus = versions.length - VERSIONS_KEPT;
  if (surplus <= 0) return [...versions];
  const old = versions.filter(({ stages, createdMs }) => stages.length === 0 && createdMs < nowMs - DAY_MS);
  const going = new Set(old.toSorted((a, b) => a.createdMs - b.createdMs).slice(0, surplus));
  return versions.filter((version) => !going.has(version));
}

export function stagesById({ versions }: SecretRecord): Record<string, readonly string[]> {
  return Object.fromEntries(versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]));
}

function movePrevious(versions: Versions, versionId: string): SecretVersion[] {
  return versions.map((version) =>
    version.id === versionId ? withStages(version, [PREVIOUS]) : withoutStages(version, [PREVIOUS]),
  );
}

function withStages(version: SecretVersion, stages: readonly string[]): SecretVersion {
  // What becomes current is no longer the one before it.
  const kept = stages.includes(CURRENT) ? version.stages.filter((stage) => stage !== PREVIOUS) : version.stages;
  return { ...version, stages: [...new Set([...kept, ...stages])].sort() };
}

function withoutStages(version: SecretVersion, stages: readonly string[]): SecretVersion {
  return { ...version, stages: version.stages.filter((stage) => !stages.includes(stage)) };
}
