/**
 * Parses the input of an operation and says what is wrong with it as AWS does: a wrong type is a
 * SerializationException, a value beyond its limits a ValidationException that names every member.
 *
 * Members that AWS does not know are ignored, as AWS ignores them.
 */

import * as z from 'zod';
import { AwsError } from './aws-error.ts';

/** Their values are never repeated in a message. */
const SENSITIVE = new Set(['SecretString', 'SecretBinary', 'RotationToken']);
const ISSUES_NAMED_MAX = 10;
const VALUE_TOLD_MAX = 256;

/** Throws AwsError. */
export function parseInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  if (issues.some((issue) => issue.code === 'invalid_type' && (valueAt(input, issue.path) ?? null) !== null)) {
    const path = issues.map((issue) => memberPath(issue.path)).join(', ');
    throw new AwsError('SerializationException', `a member has another type than expected: ${path}`);
  }
  const violations = issues.slice(0, ISSUES_NAMED_MAX).map((issue) => describe(issue, input));
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`;
  throw new AwsError('ValidationException', `${count}: ${violations.join('; ')}`);
}

function describe(issue: z.core.$ZodIssue, input: unknown): string {
  return `Value${shownValue(issue, input)} at '${memberPath(issue.path)}' failed to satisfy constraint: Member must ${constraint(issue)}`;
}

function constraint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'not be null';
    case 'too_small':
      return `have ${measure(issue.origin)} greater than or equal to ${String(issue.minimum)}`;
    case 'too_big':
      return `have ${measure(issue.origin)} less than or equal to ${String(issue.maximum)}`;
    case 'invalid_value':
      return `satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    case 'invalid_format':
      return `satisfy regular expression pattern: ${issue.pattern ?? issue.format}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

function measure(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'value' : 'length';
}

function shownValue(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.path.some((part) => SENSITIVE.has(String(part)))) return '';
  const value = valueAt(input, issue.path);
  if (value === undefined || value === null) return ' null';
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? ` '${String(value).slice(0, VALUE_TOLD_MAX)}'` : '';
}

/** `Filters[0].Key` → `filters.1.member.key` */
function memberPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : lowerFirst(String(part)))).join('.');
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
