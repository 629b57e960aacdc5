/**
 * Resource policies: their grammar, and whether one lets everybody in.
 */

import * as z from 'zod';
import { AwsError } from './aws-error.ts';

const texts = z.union([z.string(), z.array(z.string()).min(1)]);
const principal = z.union([z.literal('*'), z.record(z.string(), texts)]);

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principal.optional(),
    NotPrincipal: principal.optional(),
    Action: texts.optional(),
    NotAction: texts.optional(),
    Resource: texts.optional(),
    NotResource: texts.optional(),
    Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  })
  .refine((each) => (each.Principal === undefined) !== (each.NotPrincipal === undefined))
  .refine((each) => (each.Action === undefined) !== (each.NotAction === undefined))
  .refine((each) => (each.Resource === undefined) !== (each.NotResource === undefined));

const policySchema = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema, z.array(statementSchema).min(1)]),
});
export type Policy = Readonly<z.infer<typeof policySchema>>;

/** Throws AwsError MalformedPolicyDocumentException. */
export function parsePolicy(text: string): Policy {
  const parsed = policySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new AwsError('MalformedPolicyDocumentException', 'This resource policy contains a syntax error.');
}

/** An allowing statement for any principal that no condition narrows. */
export function isPublic({ Statement }: Policy): boolean {
  return [Statement].flat().some((each) => {
    if (each.Effect !== 'Allow' || each.Condition !== undefined) return false;
    if (each.NotPrincipal !== undefined || each.Principal === '*') return true;
    return Object.values(each.Principal ?? {})
      .flat()
      .includes('*');
  });
}

export function faultsOf(text: string): { CheckName: string; ErrorMessage: string }[] {
  const parsed = policySchema.safeParse(parseJson(text));
  if (!parsed.success)
    return [{ CheckName: 'SYNTAX_CHECK', ErrorMessage: 'This resource policy contains a syntax error.' }];
  if (!isPublic(parsed.data)) return [];
  return [
    { CheckName: 'PUBLIC_ACCESS_CHECK', ErrorMessage: 'This resource policy grants broad access to the secret.' },
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
