/**
 * The vault in memory: changes applied in their order. Values stay sealed here.
 */

import type { Change, Generation, SealedValue, SecretRecord } from './records.ts';

export interface VaultState {
  readonly secrets: ReadonlyMap<string, SecretRecord>;
  readonly generations: ReadonlyMap<number, Generation>;
  value(name: string, versionId: string): SealedValue | null;
  values(): Iterable<{ readonly name: string; readonly versionId: string; readonly value: SealedValue }>;
}

export class MutableState implements VaultState {
  readonly secrets = new Map<string, SecretRecord>();
  readonly generations = new Map<number, Generation>();
  readonly #values = new Map<string, Map<string, SealedValue>>();

  value(name: string, versionId: string): SealedValue | null {
    return this.#values.get(name)?.get(versionId) ?? null;
  }

  *values() {
    for (const [name, versions] of this.#values) {
      for (const [versionId, value] of versions) yield { name, versionId, value };
    }
  }

  apply(change: Change): void {
    switch (change.type) {
      case 'secret':
        this.secrets.set(change.secret.name, change.secret);
        this.#dropUnlisted(change.secret);
        break;
      case 'value':
        this.#setValue(change.name, change.versionId, change.value);
        break;
      case 'removed':
        this.secrets.delete(change.name);
        this.#values.delete(change.name);
        break;
      case 'generation':
        this.generations.set(change.generation.id, change.generation);
        break;
      case 'generation-retired':
        this.generations.delete(change.id);
    }
  }

  /** The fewest changes that lead from nothing to here. */
  changes(): Change[] {
    return [
      ...[...this.generations.values()].map((generation): Change => ({ type: 'generation', generation })),
      ...[...this.secrets.values()].map((secret): Change => ({ type: 'secret', secret })),
      ...[...this.values()].map((each): Change => ({ type: 'value', ...each })),
    ];
  }

  #setValue(name: string, versionId: string, value: SealedValue): void {
    const versions = this.#values.get(name) ?? new Map<string, SealedValue>();
    versions.set(versionId, value);
    this.#values.set(name, versions);
  }

  #dropUnlisted(secret: SecretRecord): void {
    const versions = this.#values.get(secret.name);
    if (versions === undefined) return;
    const listed = new Set(secret.versions.map((version) => version.id));
    for (const versionId of versions.keys()) if (!listed.has(versionId)) versions.delete(versionId);
  }
}
