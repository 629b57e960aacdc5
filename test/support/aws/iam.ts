/**
 * Statements of the policies in templates, in one form.
 */

import type { Resource, Synthesis } from '../stack/stacks.ts';

export interface Statement {
  readonly where: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
}

interface RawStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
}
interface Document {
  readonly Statement: readonly RawStatement[];
}

/** What roles may do. */
export function roleStatements({ resources }: Synthesis): Statement[] {
  return resources.flatMap((resource) => documentsOf(resource).flatMap((document) => statementsOf(document, resource)));
}

function statementsOf({ Statement }: Document, { stack, id }: Pick<Resource, 'stack' | 'id'>): Statement[] {
  return Statement.map(({ Effect, Action, Resource: on }) => ({
    where: `${stack}/${id}`,
    effect: Effect,
    actions: [Action].flat(),
    resources: [on].flat(),
  }));
}

function documentsOf({ Type, Properties }: Resource): Document[] {
  if (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
    return [Properties['PolicyDocument'] as Document];
  if (Type !== 'AWS::IAM::Role') return [];
  const inline = (Properties['Policies'] ?? []) as { readonly PolicyDocument: Document }[];
  return inline.map(({ PolicyDocument }) => PolicyDocument);
}
