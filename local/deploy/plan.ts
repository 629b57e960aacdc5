/**
 * What a deploy would do to each stack: resources to create, change and delete, by comparing two templates.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Template, TemplateResource } from './assembly.ts';

export interface ResourceChange {
  readonly action: 'create' | 'change' | 'delete';
  readonly logicalId: string;
  readonly type: string;
  /** Of a change: the properties that differ. */
  readonly properties: readonly string[];
}

export interface StackPlan {
  readonly stack: string;
  readonly action: 'create' | 'change' | 'repair' | 'none';
  /** Of the deployed stack; null: there is none. */
  readonly status: string | null;
  readonly changes: readonly ResourceChange[];
}

export interface DeployedStack {
  readonly status: string;
  /** Null: its template cannot be compared. */
  readonly template: Template | null;
}

/** `deployed` null: the stack does not exist. */
export function planStack(name: string, wanted: Template, deployed: DeployedStack | null): StackPlan {
  const before = deployed?.template ?? { Resources: {} };
  const changes = compareTemplates(before, wanted);
  return { stack: name, action: actionOf(changes, deployed), status: deployed?.status ?? null, changes };
}

/** @internal Exported for its tests. */
export function compareTemplates(before: Template, after: Template): ResourceChange[] {
  const ids = [...new Set([...Object.keys(before.Resources), ...Object.keys(after.Resources)])].sort();
  return ids.flatMap((id) => {
    const change = compareResources(id, before.Resources[id], after.Resources[id]);
    return change === null ? [] : [change];
  });
}

function compareResources(
  logicalId: string,
  before: TemplateResource | undefined,
  after: TemplateResource | undefined,
): ResourceChange | null {
  // Where the resource came from in our code; CloudFormation does nothing with it.
  const type = after?.Type ?? before?.Type ?? '';
  if (type === 'AWS::CDK::Metadata') return null;
  if (before === undefined) return { action: 'create', logicalId, type, properties: [] };
  if (after === undefined) return { action: 'delete', logicalId, type, properties: [] };
  const properties = differing(before.Properties ?? {}, after.Properties ?? {});
  if (before.Type !== after.Type) properties.push('Type');
  return properties.length === 0 ? null : { action: 'change', logicalId, type, properties };
}

function differing(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

/** Only a stack that was created or updated whole can be compared; every other state has to be worked on. */
const WHOLE = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE']);

function actionOf(changes: readonly ResourceChange[], deployed: DeployedStack | null): StackPlan['action'] {
  if (deployed === null) return 'create';
  if (!WHOLE.has(deployed.status)) return 'repair';
  return changes.length === 0 ? 'none' : 'change';
}
