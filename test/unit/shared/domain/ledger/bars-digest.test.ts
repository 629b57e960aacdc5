/**
 * The content hash of the bars a run has seen: every value counts, what was refused does not.
 */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BarsDigest } from '../../../../../shared/domain/ledger/bars-digest.ts';
import { FAULTY, type MinuteFrame } from '../../../../../shared/domain/market/frame.ts';
import { FAULT } from '../../../../../shared/domain/quality/faults.ts';
import { bar, frameOf } from '../../../../support/core/core.ts';

function digestOf(...frames: readonly MinuteFrame[]) {
  const digest = new BarsDigest();
  for (const frame of frames) digest.addMinute(frame);
  return { bars: digest.bars, hash: digest.digest() };
}

const USUAL = bar({ openE4: 1_000_000, highE4: 1_020_000, lowE4: 990_000, closeE4: 1_010_000, volume: 100 });

/** A share of $700,000. */
const DEAR = bar({ openE4: 7e9, highE4: 7.02e9, lowE4: 6.99e9, closeE4: 7.01e9, volume: 100 });
const BUSY = { ...USUAL, volume: 5e9 };

describe('the digest of bars', () => {
  describe.each([
    ['a usual bar', USUAL],
    ['a dear share', DEAR],
    ['a huge volume', BUSY],
  ])('of %s', (_, of) => {
    it.each(['openE4', 'highE4', 'lowE4', 'closeE4', 'volume'] as const)('changes with the %s', (field) => {
      const changed = { ...of, [field]: of[field] + 1 };
      expect(digestOf(frameOf([changed])).hash).not.toBe(digestOf(frameOf([of])).hash);
    });
  });

  it('is the hash of the layout that decision 0005 states', () => {
    const bytes = new DataView(new ArrayBuffer(4 + 24 + 44 + 4));
    const put = (at: number, words: readonly number[]) =>
      words.forEach((word, k) => bytes.setInt32(at + 4 * k, word, true));
    put(0, [2, 0, 1_000_000, 1_020_000, 990_000, 1_010_000, 100, -3]);
    [7e9, 7.02e9, 6.99e9, 7.01e9, 100].forEach((value, k) => bytes.setFloat64(32 + 8 * k, value, true));
    put(72, [0]);
    const frames = [frameOf([USUAL, null, DEAR]), frameOf([null, null, null])];
    const expected = createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex');
    expect(digestOf(...frames)).toEqual({ bars: 2, hash: expected });
  });

  it('tells whose bar it was, and in which minute', () => {
    const none = frameOf([null, null]);
    const first = frameOf([USUAL, null]);
    const second = frameOf([null, USUAL]);
    const orders = [[first, none], [none, first], [second, none], [first, second], [none, none], [none]];
    expect(new Set(orders.map((frames) => digestOf(...frames).hash)).size).toBe(orders.length);
  });

  it('counts good bars only, and takes nothing from the others', () => {
    const refused = frameOf([USUAL, bar({ closeE4: 7 })]);
    refused.status[1] = FAULTY;
    expect(digestOf(refused)).toEqual(digestOf(frameOf([USUAL, null])));
    expect(digestOf(refused).bars).toBe(1);
  });

  it('takes a volume that is not a count of shares as one and the same', () => {
    const invalid = [Number.NaN, -5, 10.5].map((volume) =>
      frameOf([{ ...USUAL, volume, faults: FAULT.VOLUME_INVALID }]),
    );
    expect(new Set(invalid.map((frame) => digestOf(frame).hash)).size).toBe(1);
  });

  it.each([
    ['a usual bar', USUAL],
    ['a dear share', DEAR],
  ])('takes a volume of −0 of %s as 0, which is what a database gives back', (_, of) => {
    const [zero, negative] = [0, -0].map((volume) => frameOf([{ ...of, volume }]));
    expect(digestOf(negative!).hash).toBe(digestOf(zero!).hash);
  });

  it('does not change with a fault of volume itself: it follows from the bars', () => {
    const soft = frameOf([{ ...USUAL, faults: FAULT.VOLUME_SPIKE }]);
    expect(digestOf(soft)).toEqual(digestOf(frameOf([USUAL])));
  });

  it('tells apart bars far beyond its buffer', () => {
    const frames = Array.from({ length: 2_000 }, () => frameOf([USUAL, USUAL]));
    const changed = [...frames.slice(0, 1_999), frameOf([USUAL, { ...USUAL, volume: 101 }])];
    expect(digestOf(...frames).bars).toBe(4_000);
    expect(digestOf(...changed).hash).not.toBe(digestOf(...frames).hash);
  });
});
