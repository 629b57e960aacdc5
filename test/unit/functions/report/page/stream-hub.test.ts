/**
 * The stream: full first, then only what changed; a slow reader skips states, a dead one loses its place.
 */

import { describe, expect, it } from 'vitest';
import { LivePage } from '../../../../../functions/report/page/live-page.ts';
import { type Reader, StreamHub } from '../../../../../functions/report/page/stream-hub.ts';
import type { PageMessage } from '../../../../../shared/read-models/page-state.ts';
import { FakeReportViews, fakeStatus } from '../../../../support/page/fake-report-views.ts';
import { stepClock } from '../../../../support/core/step-clock.ts';

const TICK_MS = 250;

function start(minute = 10) {
  const views = new FakeReportViews({ minute });
  const clock = stepClock();
  const page = new LivePage({ views, status: async () => fakeStatus(), onProblem: () => undefined });
  return { views, clock, hub: new StreamHub(page, clock) };
}

/** What a reader that takes everything at once gets. */
function listen(reader: Reader): PageMessage[] {
  const heard: PageMessage[] = [];
  const take = async () => {
    for (let message = await reader.next(); message !== null; message = await reader.next()) heard.push(message);
  };
  void take();
  return heard;
}

describe('a reader', () => {
  it('gets everything first and then only the sections and minutes that are new', async () => {
    const { views, clock, hub } = start();
    const reader = hub.open();
    const heard = listen(reader);
    await clock.advance(TICK_MS);
    expect(heard).toMatchObject([{ type: 'page', full: true, sections: { session: { lastMinute: 10 } } }]);
    expect(heard[0]?.sections.series?.minute.length).toBe(11);

    views.minute = 12;
    await clock.advance(TICK_MS);
    expect(heard[1]).toMatchObject({ full: false, sections: { session: { lastMinute: 12 } } });
    expect(heard[1]?.sections.series?.minute).toEqual([11, 12]);
    expect(heard[1]?.sections).not.toHaveProperty('run');
    reader.close();
  });

  it('hears a beat every five seconds while nothing changes', async () => {
    const { clock, hub } = start();
    const reader = hub.open();
    const heard = listen(reader);
    await clock.advance(10_500);
    expect(heard.map(({ type }) => type)).toEqual(['page', 'beat', 'beat']);
    reader.close();
  });

  it('that is slow skips what came between, and misses no minute', async () => {
    const { views, clock, hub } = start();
    const reader = hub.open();
    await clock.advance(TICK_MS);
    await reader.next();
    for (const minute of [11, 12, 13, 14]) {
      views.minute = minute;
      await clock.advance(TICK_MS);
    }
    const message = await reader.next();
    expect(message?.sections.series?.minute).toEqual([11, 12, 13, 14]);
    reader.close();
  });

  it('that takes nothing for a minute loses its place and learns of it', async () => {
    const { clock, hub } = start();
    let closed = 0;
    const reader = hub.open(() => {
      closed += 1;
    });
    await clock.advance(61_000);
    expect([closed, hub.readerCount]).toEqual([1, 0]);
    expect(await reader.next()).toBeNull();
    reader.close();
    expect(closed).toBe(1);
  });

  it('gets everything again when another session begins', async () => {
    const { views, clock, hub } = start();
    const reader = hub.open();
    const heard = listen(reader);
    await clock.advance(TICK_MS);
    views.startSession(20_250_106);
    await clock.advance(TICK_MS);
    expect(heard[1]).toMatchObject({ full: true, sections: { session: { date: '2025-01-06' } } });
    reader.close();
  });
});

describe('the hub', () => {
  it('asks once a tick however many read, and nothing while nobody does', async () => {
    const { views, clock, hub } = start();
    const readers = Array.from({ length: 5 }, () => hub.open());
    for (const reader of readers) listen(reader);
    await clock.advance(4 * TICK_MS);
    expect(views.asked.head).toBeLessThanOrEqual(5);
    for (const reader of readers) reader.close();
    await clock.advance(TICK_MS);
    const asked = views.asked.head;
    await clock.advance(20 * TICK_MS);
    expect(views.asked.head).toBe(asked);
  });

  it('is full at 32 readers, and has room when one leaves', () => {
    const { hub } = start();
    const readers = Array.from({ length: 32 }, () => hub.open());
    expect(hub.isFull).toBe(true);
    readers[0]?.close();
    expect(hub.isFull).toBe(false);
    for (const reader of readers) reader.close();
  });
});
