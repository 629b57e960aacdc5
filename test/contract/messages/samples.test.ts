/**
 * Old message, new code: a sample of every contract and version is kept as it was when the version was new, and each
 * must still be read to the same values. A sample is never changed; a changed meaning gets a new version and its own.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actRequestSchema, actResponseSchema } from '../../../shared/contracts/act.v1.ts';
import { route } from '../../../shared/ports/handler.ts';
import { readMessage } from '../../../shared/runtime/read-message.ts';
import { topology } from '../../../shared/topology.ts';
import { recordOf } from '../../support/messages/messages.ts';
import { CONTRACTS, nameOf, SAMPLES_FOLDER, sampleText } from '../../support/trading/contracts.ts';

const HTTP = [
  { name: 'act-request.v1', schema: actRequestSchema },
  { name: 'act-response.v1', schema: actResponseSchema },
];

/** A run whose messages were of these versions is read and not continued, so nobody sends or takes them any more. */
const RETIRED = ['command.v1', 'decision.v1', 'minute.v1'];

describe('stored samples', () => {
  it('exist for every event that a queue carries, and for nothing else', () => {
    const events = Object.values(topology().queues).flatMap((queue) => queue.events);
    const names = [...events, ...HTTP.map(({ name }) => name), ...RETIRED];
    expect(CONTRACTS.map(nameOf).toSorted()).toEqual(events.toSorted());
    const files = readdirSync(SAMPLES_FOLDER).map((file) => file.replace(/\.json$/, ''));
    expect(files.toSorted()).toEqual(names.toSorted());
  });

  it.each(CONTRACTS.map((contract) => ({ name: nameOf(contract), contract })))(
    '$name is read to the values that it was made of',
    ({ name, contract }) => {
      const text = sampleText(name);
      const read = readMessage(recordOf(text), [route(contract, async () => [])], { messageBytesMax: 262_144 });
      expect(read).toMatchObject({ kind: 'message', message: JSON.parse(text) as object });
      // Nothing is added, left out or defaulted.
      const message = contract.schema.parse(JSON.parse(text));
      expect(message).toEqual(JSON.parse(text));
      expect(contract.schema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
    },
  );

  it.each(RETIRED)('%s, of a run that is no longer continued, is refused with the version that is read', (name) => {
    const [type = '', version = ''] = name.split('.v');
    const routes = CONTRACTS.map((contract) => route(contract, async () => []));
    const read = readMessage(recordOf(sampleText(name)), routes, { messageBytesMax: 262_144 });
    const fix = `Send ${type} in a version this release knows (2), or update the consumer first.`;
    expect(read).toMatchObject({ kind: 'refused', entry: { reason: 'unknown-version', value: version, fix } });
  });

  it.each(HTTP)('$name is read to the values that it was made of', ({ name, schema }) => {
    const value: unknown = JSON.parse(sampleText(name));
    expect(schema.parse(value)).toEqual(value);
  });
});
