/**
 * Our own operations for the command line, under the same signatures: how the vault is, what happened, a value shown to
 * a person, and an export for the backup.
 */

import * as z from 'zod';
import { exportVault } from '../../../vault/store/export.ts';
import { findSecret, nameIn } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { rotationStates } from '../rotation/states.ts';
import { readValue } from '../read-value.ts';
import { optional, secretId, versionId, versionStage } from '../shapes.ts';

const HISTORY_MAX = 10_000;
const HISTORY_DEFAULT = 100;

export const status = operation({
  audit: 'none',
  input: z.object({}),
  perform: (_request, { vault, journal, rotations }) => {
    const secrets = [...vault.state.secrets.values()];
    const { vaultId, lockedBy, createdMs } = vault.keyring;
    return {
      vaultId,
      lockedBy,
      createdMs,
      epoch: vault.epoch,
      secrets: secrets.length,
      awaitingDeletion: secrets.filter(({ deletionMs }) => deletionMs !== null).length,
      generations: [...vault.state.generations.keys()],
      journalSequence: journal.sequence,
      canRotate: rotations.canInvoke,
      states: rotationStates(vault, rotations),
    };
  },
});

export const history = operation({
  audit: 'none',
  input: z.object({ SecretId: optional(secretId), Limit: optional(z.int().min(1).max(HISTORY_MAX)) }),
  async perform(request, { journal }) {
    const name = request.SecretId === undefined ? null : nameIn(request.SecretId);
    const limit = request.Limit ?? HISTORY_DEFAULT;
    const events: object[] = [];
    for await (const { sequence, event } of journal.lines()) {
      if (name !== null && event.secret !== name) continue;
      events.push({ sequence, ...event });
      if (events.length > limit) events.shift();
    }
    return { events };
  },
});

/** As GetSecretValue, and recorded under its own name: somebody looked. */
export const reveal = operation({
  audit: 'access',
  input: z.object({ SecretId: secretId, VersionId: optional(versionId), VersionStage: optional(versionStage) }),
  perform: (request, { vault, nowMs }) =>
    readValue(
      findSecret(vault, request.SecretId),
      { versionId: request.VersionId, stage: request.VersionStage },
      vault,
      nowMs,
    ),
});

export const backup = operation({
  audit: 'access',
  input: z.object({ Recipient: z.string().min(1).max(2_048) }),
  async perform(request, { vault, nowMs }) {
    const { bytes, secrets } = await exportVault(vault, { recipient: request.Recipient, nowMs });
    return { Export: bytes.toString('base64'), Secrets: secrets };
  },
});
