/**
 * ListSecrets: filtered, sorted, in pages.
 */

import * as z from 'zod';
import type { SecretRecord } from '../../../vault/store/records.ts';
import { matches } from '../filters.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';
import { filters, maxResults, nextToken, optional } from '../shapes.ts';
import { describe, present, stagesOrNull } from '../views.ts';

const PAGE_DEFAULT = 100;
const SORT_BY = ['created-date', 'last-accessed-date', 'last-changed-date', 'name'] as const;
type SortBy = (typeof SORT_BY)[number];

export const listSecrets = operation({
  audit: 'none',
  input: z.object({
    IncludePlannedDeletion: optional(z.boolean()),
    MaxResults: optional(maxResults),
    NextToken: optional(nextToken),
    Filters: optional(filters),
    SortOrder: optional(z.enum(['asc', 'desc'])),
    SortBy: optional(z.enum(SORT_BY)),
  }),
  perform: (request, { vault }) => {
    const key = sortKey(request.SortBy ?? 'created-date');
    const found = [...vault.state.secrets.values()]
      .filter((secret) => request.IncludePlannedDeletion === true || secret.deletionMs === null)
      .filter((secret) => matches(secret, request.Filters ?? []))
      .map((secret) => ({ key: key(secret), secret }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    if (request.SortOrder === 'desc') found.reverse();
    const order = request.SortOrder ?? 'asc';
    const wanted = { max: request.MaxResults ?? PAGE_DEFAULT, token: request.NextToken, order };
    const page = pageOf(found, (each) => each.key, wanted);
    return { SecretList: page.items.map(({ secret }) => entry(secret)), ...page.token };
  },
});

function entry(secret: SecretRecord) {
  return { ...describe(secret), ...present({ SecretVersionsToStages: stagesOrNull(secret) }) };
}

/** Sorts as text: times have a fixed width, and the name tells equal times apart. */
function sortKey(by: SortBy): (secret: SecretRecord) => string {
  const at = (ms: number | null, name: string) => `${String(Math.floor(ms ?? 0)).padStart(15, '0')} ${name}`;
  switch (by) {
    case 'name':
      return ({ name }) => name;
    case 'created-date':
      return ({ createdMs, name }) => at(createdMs, name);
    case 'last-changed-date':
      return ({ changedMs, name }) => at(changedMs, name);
    case 'last-accessed-date':
      return ({ accessedDayMs, name }) => at(accessedDayMs, name);
  }
}
