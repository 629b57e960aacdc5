/**
 * Nothing but a whole message of a known version is read: whatever is wrong with one goes to quarantine with the field,
 * the value and the fix. Every field of every contract is tried.
 */

import { describe, expect, it } from 'vitest';
import { route } from '../../../shared/ports/handler.ts';
import type { QuarantineEntry } from '../../../shared/ports/repositories/messages.ts';
import { readMessage } from '../../../shared/runtime/read-message.ts';
import { recordOf } from '../../support/messages/messages.ts';
import { CONTRACTS, nameOf, sampleText } from '../../support/trading/contracts.ts';

const ROUTES = CONTRACTS.map((contract) => route(contract, async () => []));
const NAMES = CONTRACTS.map(nameOf);
const BYTES_MAX = 262_144;

type Path = readonly (string | number)[];
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What quarantine would be given; null where the message is read. */
function refusalOf(body: string): QuarantineEntry | null {
  const read = readMessage(recordOf(body), ROUTES, { messageBytesMax: BYTES_MAX });
  return read.kind === 'refused' ? read.entry : null;
}

/** Fields of an object or list and of everything in it. */
function paths(value: Json, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => [[...at, key], ...paths(inner, [...at, key])]);
}

function valueAt(root: Json, path: Path): Json {
  return path.reduce((value, key) => (value as Record<string | number, Json>)[key]!, root);
}

/** The sample with one place changed. */
function changed(
  name: string,
  path: Path,
  change: (parent: Record<string | number, Json>, key: string | number) => void,
): string {
  const root = JSON.parse(sampleText(name)) as Json;
  const key = path.at(-1)!;
  change(valueAt(root, path.slice(0, -1)) as Record<string | number, Json>, key);
  return JSON.stringify(root);
}

/** Says the place or one around it: a list of possible shapes is refused as a whole. */
function names(entry: QuarantineEntry | null, path: Path): boolean {
  if (entry === null || entry.fix === '') return false;
  const text = path.join('.');
  return entry.field === 'body' ? path.length === 1 : text === entry.field || text.startsWith(`${entry.field}.`);
}

/** Latencies by stage, whatever stages there are: any name may come or go. */
const isStamp = (path: Path): boolean => path[0] === 'stamps' && path.length > 1;
const isListItem = (path: Path): boolean => typeof path.at(-1) === 'number';
const show = (path: Path): string => path.join('.');

function failing(name: string, test: (path: Path, value: Json) => boolean): string[] {
  const root = JSON.parse(sampleText(name)) as Json;
  return paths(root)
    .filter((path) => !test(path, valueAt(root, path)))
    .map(show);
}

describe.each(NAMES)('%s', (name) => {
  it('is refused without any one of its fields, and the field is named', () => {
    const unnoticed = failing(name, (path) => {
      if (isStamp(path) || isListItem(path)) return true;
      return names(refusalOf(changed(name, path, (parent, key) => delete parent[key])), path);
    });
    expect(unnoticed).toEqual([]);
  });

  it('is refused with a value of another type anywhere, and the field is named', () => {
    const unnoticed = failing(name, (path, value) => {
      const other: Json = typeof value === 'string' ? 7 : 'seven';
      return names(refusalOf(changed(name, path, (parent, key) => (parent[key] = other))), path);
    });
    expect(unnoticed).toEqual([]);
  });

  it('is refused with an unknown field, anywhere, and the field is named', () => {
    const root = JSON.parse(sampleText(name)) as Json;
    const objects = [[], ...paths(root)].filter((path) => {
      const value = valueAt(root, path);
      return value !== null && typeof value === 'object' && !Array.isArray(value) && path[0] !== 'stamps';
    });
    const unnoticed = objects.filter((path) => {
      const body = changed(name, [...path, 'surprise'], (parent, key) => (parent[key] = 1));
      return refusalOf(body)?.fix.includes('surprise') !== true;
    });
    expect(objects.length).toBeGreaterThan(1);
    expect(unnoticed.map(show)).toEqual([]);
  });

  it('is refused with an invalid number, except where a delivered bar may have one', () => {
    const mayBeNull = /^data\.bars\.\d+\.(openE4|highE4|lowE4|closeE4|volume)$/;
    const root = JSON.parse(sampleText(name)) as Json;
    const numbers = paths(root).filter((path) => typeof valueAt(root, path) === 'number');
    const unnoticed = numbers.filter((path) => {
      // JSON has no NaN: a sender that is careless with one sends null.
      const body = changed(name, path, (parent, key) => (parent[key] = Number.NaN));
      const isRawBar = name === 'minute.v2' && mayBeNull.test(show(path));
      return isRawBar ? refusalOf(body) !== null : !names(refusalOf(body), path);
    });
    expect(unnoticed.map(show)).toEqual([]);
  });

  it('is refused with a number beyond all bounds', () => {
    const body = changed(name, ['occurredAt'], (parent, key) => (parent[key] = 'HUGE')).replace('"HUGE"', '1e999');
    expect(refusalOf(body)).toMatchObject({ reason: 'schema', field: 'occurredAt' });
  });

  it('is refused in an unknown version, with the versions that are', () => {
    const known = Number(name.split('.v')[1]);
    const body = changed(name, ['version'], (parent, key) => (parent[key] = known + 1));
    expect(refusalOf(body)).toMatchObject({ reason: 'unknown-version', field: 'version', value: String(known + 1) });
    expect(refusalOf(body)?.fix).toContain(`in a version this release knows (${known}), or update the consumer first`);
  });

  it('is refused where it is larger than its queue takes', () => {
    const body = changed(name, ['id'], (parent, key) => (parent[key] = 'x'.repeat(BYTES_MAX)));
    const refusal = refusalOf(body);
    expect(refusal).toMatchObject({ reason: 'oversized', field: 'body', value: `${Buffer.byteLength(body)} bytes` });
    expect(refusal?.body.length).toBeLessThanOrEqual(BYTES_MAX);
    expect(refusal?.fix).toContain(`at most ${BYTES_MAX} bytes`);
  });

  it('is refused where it is cut off', () => {
    const text = sampleText(name);
    expect(refusalOf(text.slice(0, text.length / 2))).toMatchObject({ reason: 'malformed-json', field: 'body' });
  });
});

describe('values that no field may have', () => {
  it.each([
    { name: 'minute.v2', path: ['data', 'minuteIndex'], value: 390 },
    { name: 'minute.v2', path: ['data', 'session'], value: 19_991_231 },
    { name: 'minute.v2', path: ['data', 'bars', 0, 'symbol'], value: 'aapl; DROP TABLE ohlcv' },
    { name: 'minute.v2', path: ['data', 'fills', 0, 'quantity'], value: 0 },
    { name: 'minute.v2', path: ['data', 'fills', 0, 'quantity'], value: 1.5 },
    { name: 'minute.v2', path: ['data', 'fills', 0, 'priceE4'], value: -1 },
    { name: 'minute.v2', path: ['runId'], value: '../escape' },
    { name: 'minute.v2', path: ['traceparent'], value: 'none' },
    { name: 'bars-ready.v1', path: ['data', 'minutes'], value: 0 },
    { name: 'signal.v1', path: ['data', 'signals', 0, 'action'], value: 3 },
    { name: 'signal.v1', path: ['data', 'signals', 0, 'entryQuantity'], value: -5 },
    { name: 'decision.v2', path: ['data', 'orders', 0, 'side'], value: 'SHORT' },
    { name: 'decision.v2', path: ['data', 'state'], value: 'PAUSED' },
    { name: 'decision.v2', path: ['data', 'symbols', 0, 'verdict'], value: 'MAYBE' },
    { name: 'command.v2', path: ['data', 'command'], value: 'sell everything' },
    { name: 'command.v2', path: ['data', 'operator'], value: '' },
    { name: 'command.v2', path: ['data', 'operator'], value: 'x'.repeat(65) },
    { name: 'parked.v1', path: ['data', 'closes', 0, 'closeE4'], value: 0 },
    { name: 'parked.v1', path: ['data', 'closes', 0, 'symbol'], value: 'aapl' },
    { name: 'pulse.v1', path: ['data', 'feedState'], value: 'sleepy' },
    { name: 'pulse.v1', path: ['data', 'feedAgeMs'], value: -1 },
  ])('$name refuses $value at $path', ({ name, path, value }) => {
    const refusal = refusalOf(changed(name, path, (parent, key) => (parent[key] = value)));
    expect(refusal).toMatchObject({ reason: 'schema', field: path.join('.'), value: JSON.stringify(value) });
    expect(refusal?.fix).not.toBe('');
  });
});
