/**
 * ListSecretVersionIds: versions that have a value, oldest first; those without a label only when asked for.
 */

import * as z from 'zod';
import type { SecretVersion } from '../../../vault/store/records.ts';
import { findAnySecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';
import { maxResults, nextToken, optional, secretId } from '../shapes.ts';
import { nameOf, present, seconds } from '../views.ts';

const PAGE_DEFAULT = 100;

export const listSecretVersionIds = operation({
  audit: 'none',
  input: z.object({
    SecretId: secretId,
    MaxResults: optional(maxResults),
    NextToken: optional(nextToken),
    IncludeDeprecated: optional(z.boolean()),
  }),
  perform: (request, { vault }) => {
    const secret = findAnySecret(vault, request.SecretId);
    const found = secret.versions
      .filter(({ id }) => vault.state.value(secret.name, id) !== null)
      .filter(({ stages }) => request.IncludeDeprecated === true || stages.length > 0)
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const page = pageOf(found, keyOf, { max: request.MaxResults ?? PAGE_DEFAULT, token: request.NextToken });
    return { ...nameOf(secret), Versions: page.items.map(entry), ...page.token };
  },
});

function keyOf({ createdMs, id }: SecretVersion): string {
  return `${String(Math.floor(createdMs)).padStart(15, '0')} ${id}`;
}

function entry(version: SecretVersion) {
  return {
    VersionId: version.id,
    ...(version.stages.length === 0 ? {} : { VersionStages: version.stages }),
    ...present({ LastAccessedDate: version.accessedDayMs === null ? null : seconds(version.accessedDayMs) }),
    CreatedDate: seconds(version.createdMs),
    KmsKeyIds: ['DefaultEncryptionKey'],
  };
}
