/**
 * Adds a value to a secret under the rules that create, put and update share: the request's token is the version's id,
 * the same token with the same value changes nothing, with another value it is refused.
 */

import type { SecretValue } from '../../vault/store/envelope.ts';
import type { SecretRecord } from '../../vault/store/records.ts';
import type { Transaction, Vault } from '../../vault/store/vault.ts';
import { AwsError, invalidParameter, invalidRequest } from './aws-error.ts';
import { attach, CURRENT, holderOf, PENDING, pruned } from './stages.ts';

const VERSIONS_MAX = 1_000;
const STAGES_MAX = 20;

export interface ValueMembers {
  readonly SecretString: string | undefined;
  readonly SecretBinary: string | undefined;
}

export interface NewVersion {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
}

/** Null where neither is given. Throws AwsError where both are. */
export function valueIn({ SecretString, SecretBinary }: ValueMembers): SecretValue | null {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { kind: 'string', bytes: Buffer.from(SecretString, 'utf8') };
  if (SecretBinary !== undefined) return { kind: 'binary', bytes: Buffer.from(SecretBinary, 'base64') };
  return null;
}

/** The SDKs make one; whoever speaks HTTP has to. Throws AwsError. */
export function requireToken(token: string | undefined): string {
  if (token !== undefined) return token;
  throw invalidRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
}

/** True when this very request has been carried out before. Throws AwsError when the token means another value. */
export function isRepeated(
  vault: Pick<Vault, 'read'>,
  secret: SecretRecord,
  { versionId, value }: Omit<NewVersion, 'stages'>,
): boolean {
  const stored = vault.read(secret.name, versionId);
  if (stored === null) return false;
  const isSame = stored.kind === value.kind && stored.bytes.equals(value.bytes);
  stored.bytes.fill(0);
  if (isSame) return true;
  const message = `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`;
  throw new AwsError('ResourceExistsException', message);
}

/** The secret with the new version; its value is sealed into the transaction and zeroed here. */
export function addVersion(
  transaction: Transaction,
  secret: SecretRecord,
  { versionId, value, stages }: NewVersion,
  nowMs: number,
): SecretRecord {
  const known = secret.versions.find(({ id }) => id === versionId);
  const version = known ?? { id: versionId, createdMs: nowMs, accessedDayMs: null, stages: [] };
  const others = secret.versions.filter(({ id }) => id !== versionId);
  const labels = holderOf(secret.versions, CURRENT) === null ? withCurrent(stages, version.stages) : stages;
  const versions = pruned(attach([...others, version], versionId, labels), nowMs);
  checkLimits(versions);
  const changed = { ...secret, versions, changedMs: nowMs };
  transaction.put(changed);
  transaction.putValue(secret.name, versionId, value);
  value.bytes.fill(0);
  return changed;
}

/** The first value of a secret is its current one, unless a rotation is on its way to decide that. */
function withCurrent(stages: readonly string[], held: readonly string[]): readonly string[] {
  return held.includes(PENDING) ? stages : [...stages, CURRENT];
}

function checkLimits(versions: SecretRecord['versions']): void {
  if (versions.length > VERSIONS_MAX) {
    throw new AwsError('LimitExceededException', `The secret has reached its quota of ${VERSIONS_MAX} versions.`);
  }
  if (versions.some(({ stages }) => stages.length > STAGES_MAX)) {
    throw new AwsError('LimitExceededException', `A version can have at most ${STAGES_MAX} staging labels.`);
  }
}
