/**
 * Says in the secrets of the database where it is now: a workstation's database has another port at each start.
 *
 * Values are changed where they are, since a login does not become another one by moving; a rotation that was under way
 * finds both its values at the same place.
 */

import { type Credential, readCredential } from '../../../shared/contracts/credentials.v1.ts';
import { SECRETS } from '../../../shared/topology.ts';
import type { HostAndPort } from '../../../shared/runtime/addresses.ts';
import type { SecretVersion } from '../store/records.ts';
import type { Vault } from '../store/vault.ts';

/** All in one change; none where they are right. */
export async function relocateDatabase(vault: Vault, at: HostAndPort): Promise<void> {
  const moved = Object.values(SECRETS).flatMap(({ name }) =>
    (vault.state.secrets.get(name)?.versions ?? []).flatMap((version) => movedValue(vault, { name, version, at })),
  );
  if (moved.length === 0) return;
  await vault.transact((transaction) => {
    for (const { name, versionId, bytes } of moved) {
      transaction.putValue(name, versionId, { kind: 'string', bytes });
      bytes.fill(0);
    }
  });
}

function movedValue(
  vault: Vault,
  { name, version, at }: { readonly name: string; readonly version: SecretVersion; readonly at: HostAndPort },
) {
  if (version.stages.length === 0) return [];
  const value = vault.read(name, version.id);
  const credential = value === null ? null : readCredential(value.bytes.toString('utf8'));
  value?.bytes.fill(0);
  if (credential === null || !isDatabase(credential)) return [];
  if (credential.host === at.host && credential.port === at.port) return [];
  return [{ name, versionId: version.id, bytes: Buffer.from(JSON.stringify({ ...credential, ...at }), 'utf8') }];
}

function isDatabase(credential: Credential): credential is Extract<Credential, { port: number }> {
  return credential.kind === 'database_admin' || credential.kind === 'database_password';
}
