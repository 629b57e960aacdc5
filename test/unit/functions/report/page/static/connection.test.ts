/**
 * Where a stream is refused, the page asks for snapshots, and goes back to the stream when there is one.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageMessage } from '../../../../../../shared/read-models/page-state.ts';

interface Stream {
  readonly connectedOnce: boolean;
  readonly lostForMs: number | null;
}
interface PageModule {
  readonly LiveStream: new (onMessage: (message: PageMessage) => void) => Stream;
}

// By its address, since it is checked with the types of a browser and this file is not.
const MODULE = new URL('../../../../../../functions/report/page/static/connection.js', import.meta.url);
const { LiveStream } = (await import(MODULE.href)) as PageModule;
const ASK_MS = 5_000;
const ASKS = 12;

/** A stream that a test opens, refuses or drops. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  constructor() {
    super();
    FakeSource.all.push(this);
  }
  refuse() {
    this.readyState = FakeSource.CLOSED;
    this.dispatchEvent(new Event('error'));
  }
  say(message: PageMessage) {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
}

const message = (serverNowMs: number): PageMessage => ({ type: 'page', full: true, serverNowMs, sections: {} });
let page: EventTarget & { visibilityState: string };
const snapshots = vi.fn<() => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'performance'] });
  FakeSource.all = [];
  let asked = 0;
  snapshots.mockReset().mockImplementation(async () => Response.json(message(++asked)));
  vi.stubGlobal('EventSource', FakeSource);
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', snapshots);
});
afterEach(() => vi.useRealTimers());

function open() {
  const heard: number[] = [];
  const stream = new LiveStream((each: PageMessage) => heard.push(each.serverNowMs));
  return { heard, stream };
}

describe('the connection of the page', () => {
  it('asks for a snapshot at once and every few seconds when the stream is refused', async () => {
    const { heard, stream } = open();
    FakeSource.all[0]!.refuse();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([1]);
    await vi.advanceTimersByTimeAsync(2 * ASK_MS);
    expect(heard).toEqual([1, 2, 3]);
    expect([stream.connectedOnce, stream.lostForMs]).toEqual([true, null]);
  });

  it('tries the stream again now and then, and stops asking when it speaks', async () => {
    const { heard } = open();
    FakeSource.all[0]!.refuse();
    await vi.advanceTimersByTimeAsync(ASKS * ASK_MS);
    expect(FakeSource.all).toHaveLength(2);
    FakeSource.all[1]!.say(message(99));
    const before = snapshots.mock.calls.length;
    await vi.advanceTimersByTimeAsync(2 * ASK_MS);
    expect(heard.at(-1)).toBe(99);
    expect(snapshots.mock.calls).toHaveLength(before);
  });

  it('counts as lost while snapshots fail, and no longer when one comes', async () => {
    const { stream } = open();
    FakeSource.all[0]!.refuse();
    await vi.advanceTimersByTimeAsync(0);
    snapshots
      .mockRejectedValueOnce(new TypeError('no network'))
      .mockResolvedValueOnce(new Response('', { status: 503 }));
    await vi.advanceTimersByTimeAsync(2 * ASK_MS);
    expect(stream.lostForMs).toBe(ASK_MS);
    await vi.advanceTimersByTimeAsync(ASK_MS);
    expect(stream.lostForMs).toBeNull();
  });

  it('does not ask while the browser itself reopens a dropped stream', async () => {
    open();
    FakeSource.all[0]!.dispatchEvent(new Event('error'));
    await vi.advanceTimersByTimeAsync(2 * ASK_MS);
    expect(snapshots).not.toHaveBeenCalled();
  });

  it('asks no more when nobody sees the page', async () => {
    open();
    FakeSource.all[0]!.refuse();
    await vi.advanceTimersByTimeAsync(0);
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(20_000);
    const before = snapshots.mock.calls.length;
    await vi.advanceTimersByTimeAsync(5 * ASK_MS);
    expect(snapshots.mock.calls).toHaveLength(before);
  });
});
