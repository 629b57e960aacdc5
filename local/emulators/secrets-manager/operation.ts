/**
 * What an operation is: the shape of its input, what it does, and how it appears in the audit.
 */

import type * as z from 'zod';
import type { Journal } from '../../vault/store/journal.ts';
import type { Vault } from '../../vault/store/vault.ts';
import { parseInput } from './constraints.ts';
import type { RotationDriver } from './rotation/driver.ts';

export interface OperationContext {
  readonly vault: Vault;
  readonly journal: Journal;
  readonly rotations: RotationDriver;
  readonly nowMs: number;
  readonly region: string;
  readonly accountId: string;
  /** Access key of the caller, or `cli`. */
  readonly actor: string;
}

/** A secret that an operation read or changed. */
export interface Subject {
  readonly secret: string | null;
  readonly versionId: string | null;
}

export interface Operation {
  /** `access` reads values, `change` writes; looking at names and dates is not recorded, refusals always are. */
  readonly audit: 'access' | 'change' | 'none';
  perform(input: unknown, context: OperationContext): Promise<object>;
  /** What the answer was about. */
  subjects(answer: object): Subject[];
}

export function operation<Input>(definition: {
  readonly audit: Operation['audit'];
  readonly input: z.ZodType<Input>;
  readonly perform: (input: Input, context: OperationContext) => object | Promise<object>;
  readonly subjects?: (answer: object) => Subject[];
}): Operation {
  return {
    audit: definition.audit,
    perform: async (input, context) => definition.perform(parseInput(definition.input, input), context),
    subjects: definition.subjects ?? ((answer) => [subjectOf(answer)]),
  };
}

export function subjectOf(answer: object): Subject {
  const { Name, VersionId } = answer as { Name?: unknown; VersionId?: unknown };
  return {
    secret: typeof Name === 'string' ? Name : null,
    versionId: typeof VersionId === 'string' ? VersionId : null,
  };
}
