/**
 * BatchGetSecretValue: the current values of listed secrets, or of those that filters choose. A secret that cannot be
 * read is named among the errors and does not hide the others.
 */

import * as z from 'zod';
import { AwsError, invalidParameter } from '../aws-error.ts';
import { matches } from '../filters.ts';
import { findSecret } from '../find-secret.ts';
import { type OperationContext, operation, subjectOf } from '../operation.ts';
import { pageOf } from '../pages.ts';
import { readValue } from '../read-value.ts';
import { filters, nextToken, optional, secretId } from '../shapes.ts';

const PAGE_MAX = 20;

const input = z.object({
  SecretIdList: optional(z.array(secretId).min(1).max(PAGE_MAX)),
  Filters: optional(filters),
  MaxResults: optional(z.int().min(1).max(PAGE_MAX)),
  NextToken: optional(nextToken),
});
type Input = z.infer<typeof input>;

interface Answer {
  readonly SecretValues: readonly object[];
}

export const batchGetSecretValue = operation({
  audit: 'access',
  input,
  perform(request, context) {
    if ((request.SecretIdList === undefined) === (request.Filters === undefined)) {
      throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    }
    if (request.MaxResults !== undefined && request.Filters === undefined) {
      throw invalidParameter(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
      );
    }
    const { ids, token } = chosen(request, context);
    return { ...readAll(ids, context), ...token };
  },
  subjects: (answer) => (answer as Answer).SecretValues.map(subjectOf),
});

function chosen(request: Input, { vault }: OperationContext) {
  if (request.Filters === undefined) return { ids: request.SecretIdList ?? [], token: {} };
  const wanted = request.Filters;
  const names = [...vault.state.secrets.values()]
    .filter((secret) => secret.deletionMs === null && matches(secret, wanted))
    .map(({ name }) => name)
    .sort();
  const page = pageOf(names, (name) => name, { max: request.MaxResults ?? PAGE_MAX, token: request.NextToken });
  return { ids: page.items, token: page.token };
}

function readAll(ids: readonly string[], { vault, nowMs }: OperationContext) {
  const values: object[] = [];
  const errors: object[] = [];
  for (const id of ids) {
    try {
      values.push(readValue(findSecret(vault, id), { versionId: undefined, stage: undefined }, vault, nowMs));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues: values, Errors: errors };
}
