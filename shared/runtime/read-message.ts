/**
 * Reads one record strictly: a message that a route takes, or the reason why none does.
 *
 * Never throws, whatever the bytes.
 */

import type * as z from 'zod';
import type { Envelope } from '../contracts/envelope.ts';
import { unpackData } from '../contracts/message-body.ts';
import type { Refusal, Route } from '../ports/handler.ts';
import type { ParkedMessage, QuarantineEntry } from '../ports/repositories/messages.ts';
import type { SqsRecord } from '../ports/sqs-event.ts';

export type ReadResult =
  | { readonly kind: 'message'; readonly route: Route; readonly message: Envelope<unknown> }
  | { readonly kind: 'refused'; readonly entry: QuarantineEntry };

export interface ReadLimits {
  readonly messageBytesMax: number;
}

const BODY_BYTES_KEPT = 256 * 1024;
const VALUE_CHARACTERS_KEPT = 200;
const NUL_ESCAPE = '\\u0000';

export function readMessage(record: SqsRecord, routes: readonly Route[], limits: ReadLimits): ReadResult {
  const refuse = (refusal: Refusal): ReadResult => ({ kind: 'refused', entry: quarantineEntry(record, refusal) });

  const bytes = Buffer.byteLength(record.body);
  if (bytes > limits.messageBytesMax) return refuse(oversized(bytes, limits.messageBytesMax));
  // Postgres text cannot hold it, so no message may carry one.
  if (hasNul(record.body)) return refuse(NUL_CHARACTER);

  const parsed = parseJson(record.body);
  if (parsed.kind === 'failed') return refuse(malformed(parsed.reason, record.body));
  if (!isObject(parsed.value)) return refuse(notAnObject(parsed.value));

  const route = findRoute(parsed.value, routes);
  if (route.kind === 'unknown') return refuse(route.refusal);

  const whole = withData(parsed.value);
  if (whole.kind === 'failed') return refuse(whole.refusal);
  const checked = route.route.contract.schema.safeParse(whole.message);
  if (!checked.success) return refuse(schemaRefusal(checked.error, whole.message));
  return { kind: 'message', route: route.route, message: checked.data };
}

/** With its data as they were before they were packed, where they are. */
function withData(
  message: Record<string, unknown>,
): { kind: 'ok'; message: Record<string, unknown> } | { kind: 'failed'; refusal: Refusal } {
  const unpacked = unpackData(message['data']);
  if (unpacked.kind === 'plain') return { kind: 'ok', message };
  if (unpacked.kind === 'failed') return { kind: 'failed', refusal: packedBadly(unpacked.reason) };
  if (hasNul(unpacked.text)) return { kind: 'failed', refusal: NUL_CHARACTER };
  const parsed = parseJson(unpacked.text);
  if (parsed.kind === 'failed') return { kind: 'failed', refusal: packedBadly(parsed.reason) };
  return { kind: 'ok', message: { ...message, data: parsed.value } };
}

function hasNul(text: string): boolean {
  return text.includes(NUL_ESCAPE) || text.includes('\0');
}

/** What is kept of a record that is refused. */
export function quarantineEntry(record: SqsRecord, { reason, field, value, fix }: Refusal): QuarantineEntry {
  const source = sourceOf(record);
  return { reason, field, fix, value: cut(value), source, body: keptBody(record.body), message: parkedMessage(record) };
}

/** Taken from what travels beside the body, which may be damaged. Deduplication ids begin with the message's own. */
function parkedMessage({ messageId: deliveryId, attributes, messageAttributes }: SqsRecord): ParkedMessage {
  const { MessageGroupId: runId = '', MessageDeduplicationId: deduplicationId = '' } = attributes;
  const messageId = messageAttributes['id']?.stringValue ?? deduplicationId.split('~', 1)[0]!;
  return { runId, messageId, deliveryId };
}

function findRoute(
  message: Record<string, unknown>,
  routes: readonly Route[],
): { kind: 'found'; route: Route } | { kind: 'unknown'; refusal: Refusal } {
  const sameType = routes.filter((route) => route.contract.type === message.type);
  if (sameType.length === 0) return { kind: 'unknown', refusal: unknownType(message.type, routes) };
  const route = sameType.find(({ contract }) => contract.version === message.version);
  return route ? { kind: 'found', route } : { kind: 'unknown', refusal: unknownVersion(message, sameType) };
}

function oversized(bytes: number, bytesMax: number): Refusal {
  const fix = `Send at most ${bytesMax} bytes: fewer symbols in one message.`;
  return { reason: 'oversized', field: 'body', value: `${bytes} bytes`, fix };
}

const NUL_CHARACTER: Refusal = {
  reason: 'nul-character',
  field: 'body',
  value: NUL_ESCAPE,
  fix: 'Remove the NUL character: the database cannot store it.',
};

function malformed(reason: string, body: string): Refusal {
  return { reason: 'malformed-json', field: 'body', value: body, fix: `Send one JSON object in UTF-8: ${reason}` };
}

function packedBadly(reason: string): Refusal {
  const fix = `Send data as JSON, or the gzip of that JSON in base64: ${cut(reason)}`;
  return { reason: 'malformed-data', field: 'data.gzip', value: 'packed data', fix };
}

function notAnObject(value: unknown): Refusal {
  const fix = 'Send one JSON object with type, version, id, runId, occurredAt, traceparent, stamps and data.';
  return { reason: 'not-an-object', field: 'body', value: show(value), fix };
}

function unknownType(type: unknown, routes: readonly Route[]): Refusal {
  const known = [...new Set(routes.map((route) => route.contract.type))].join(', ');
  return { reason: 'unknown-type', field: 'type', value: show(type), fix: `This queue takes: ${known}.` };
}

function unknownVersion(message: Record<string, unknown>, sameType: readonly Route[]): Refusal {
  const known = sameType.map((route) => route.contract.version).join(', ');
  const fix = `Send ${String(message.type)} in a version this release knows (${known}), or update the consumer first.`;
  return { reason: 'unknown-version', field: 'version', value: show(message.version), fix };
}

function schemaRefusal(error: z.ZodError, message: unknown): Refusal {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const others = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  return {
    reason: 'schema',
    field: path.length === 0 ? 'body' : path.map(String).join('.'),
    value: show(valueAt(message, path)),
    fix: `${issue?.message ?? 'Send a message that matches its schema'}${others}`,
  };
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], root);
}

function parseJson(text: string): { kind: 'ok'; value: unknown } | { kind: 'failed'; reason: string } {
  try {
    return { kind: 'ok', value: JSON.parse(text) as unknown };
  } catch (error) {
    return { kind: 'failed', reason: cut(error instanceof Error ? error.message : String(error)) };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of any parsed value. Nesting too deep to print is named as such. */
function show(value: unknown): string {
  try {
    return cut(JSON.stringify(value) ?? 'absent');
  } catch {
    return 'nested too deeply to print';
  }
}

function cut(text: string): string {
  const clean = text.replaceAll('\0', NUL_ESCAPE);
  return clean.length <= VALUE_CHARACTERS_KEPT ? clean : `${clean.slice(0, VALUE_CHARACTERS_KEPT)}…`;
}

function keptBody(body: string): string {
  const clean = body.replaceAll('\0', NUL_ESCAPE);
  return Buffer.byteLength(clean) <= BODY_BYTES_KEPT
    ? clean
    : Buffer.from(clean).subarray(0, BODY_BYTES_KEPT).toString();
}

function sourceOf(record: SqsRecord): string {
  return record.eventSourceARN.split(':').at(-1) ?? record.eventSource;
}
