/**
 * TagResource and UntagResource. Both answer with nothing.
 */

import * as z from 'zod';
import { findSecret } from '../find-secret.ts';
import { operation } from '../operation.ts';
import { secretId, tagKeys, tags } from '../shapes.ts';
import { withTags, withoutTags } from '../tagging.ts';

export const tagResource = operation({
  audit: 'change',
  input: z.object({ SecretId: secretId, Tags: tags }),
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      transaction.put({ ...withTags(secret, request.Tags), changedMs: nowMs });
      return {};
    }),
});

export const untagResource = operation({
  audit: 'change',
  input: z.object({ SecretId: secretId, TagKeys: tagKeys }),
  perform: (request, { vault, nowMs }) =>
    vault.transact((transaction) => {
      const secret = findSecret(vault, request.SecretId);
      transaction.put({ ...withoutTags(secret, request.TagKeys), changedMs: nowMs });
      return {};
    }),
});
