/**
 * The alarm on parked messages listens for the very line that the wrapper writes, and the trace query for a field that
 * is there.
 */

import { describe, expect, it } from 'vitest';
import { eventOf, recordOf } from '../../support/messages/messages.ts';
import { PAPER, synthesize } from '../../support/stack/stacks.ts';
import { bodyOf, setUp } from '../../support/messages/wrapper-bench.ts';

const paper = synthesize(PAPER);

describe('what the stacks read in logs', () => {
  it('is the line of a parked message', async () => {
    const { handler, lines } = setUp();
    await handler(eventOf(recordOf('{half a mess')));
    const said = lines.map(({ msg }) => msg);
    const filters = paper.ofType('AWS::Logs::MetricFilter').map(({ Properties }) => Properties['FilterPattern']);
    expect(filters.length).toBeGreaterThan(0);
    for (const filter of filters) expect(said.map((msg) => `{ $.msg = "${msg}" }`)).toContain(filter);
  });

  it('is the trace of a message that is handled', async () => {
    const { handler, lines } = setUp(async (_data, { logger }) => {
      logger.info({}, 'handling');
      return [];
    });
    const body = bodyOf();
    const { traceparent } = JSON.parse(body) as { traceparent: string };
    await handler(eventOf(recordOf(body)));
    expect(lines.find(({ msg }) => msg === 'handling')).toMatchObject({ traceparent });
    const [query] = paper.ofType('AWS::Logs::QueryDefinition');
    expect(query?.Properties['QueryString']).toContain('traceparent');
  });
});
