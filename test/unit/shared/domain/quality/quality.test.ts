/**
 * Which bars are believed: each fault, what it costs, and that nothing is judged by what comes later.
 */

import { describe, expect, it } from 'vitest';
import { FAULTY, MinuteFrame, MISSING, PRESENT } from '../../../../../shared/domain/market/frame.ts';
import {
  FAULT,
  type FaultCode,
  faultBits,
  faultCodes,
  HARD_FAULTS,
} from '../../../../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../../../../shared/domain/quality/quality.ts';
import { type Bar, bar, frameOf } from '../../../../support/core/core.ts';

/** Judges bars of one symbol in order; null is a missing bar. */
class Judge {
  readonly stage = new QualityStage(1);

  constructor() {
    this.stage.startSession();
  }

  next(given: Partial<Bar> | null) {
    const frame = frameOf([given === null ? null : bar(given)]);
    frame.fillableVolume[0] = 77;
    this.stage.step(frame);
    const [status = MISSING] = frame.status;
    const [fillable = 0] = frame.fillableVolume;
    return { status, fillable, codes: faultCodes(frame.faults[0]!) };
  }

  all(given: readonly (Partial<Bar> | null)[]) {
    return given.map((each) => this.next(each));
  }
}

function hard(...codes: FaultCode[]) {
  return { status: FAULTY, fillable: 0, codes };
}

function good(fillable: number, ...codes: FaultCode[]) {
  return { status: PRESENT, fillable, codes };
}

describe('a good bar', () => {
  it('keeps its volume', () => {
    expect(new Judge().next({ volume: 1_234 })).toEqual(good(1_234));
  });

  it('may touch its open and close with high and low', () => {
    const edge = { openE4: 1_000_000, highE4: 1_000_000, lowE4: 990_000, closeE4: 990_000, volume: 5 };
    expect(new Judge().next(edge)).toEqual(good(5));
  });
});

describe('a missing bar', () => {
  it('stays missing and has no volume', () => {
    expect(new Judge().next(null)).toEqual({ status: MISSING, fillable: 0, codes: [] });
  });
});

describe('a hard fault', () => {
  it.each<[string, Partial<Bar>]>([
    ['an open that is not a number', { openE4: Number.NaN }],
    ['a close that is infinite', { closeE4: Number.POSITIVE_INFINITY, highE4: Number.POSITIVE_INFINITY }],
    ['a low of zero', { lowE4: 0 }],
    ['a negative price', { openE4: -1_000_000, lowE4: -1_000_000 }],
    ['a high that is not a multiple of 1e-4 USD', { highE4: 1_000_000.5 }],
    ['a price above ten million dollars', { highE4: 100_000_000_001 }],
  ])('is %s', (_what, given) => {
    expect(new Judge().next(given)).toEqual(hard('PRICE_INVALID'));
  });

  it.each<[string, Partial<Bar>]>([
    ['high below low', { highE4: 990_000, lowE4: 1_010_000 }],
    ['open above high', { openE4: 1_010_000, closeE4: 1_000_000, highE4: 1_005_000, lowE4: 1_000_000 }],
    ['open below low', { openE4: 990_000, closeE4: 1_000_000, highE4: 1_000_000, lowE4: 995_000 }],
    ['close above high', { openE4: 1_000_000, closeE4: 1_010_000, highE4: 1_005_000, lowE4: 1_000_000 }],
    ['close below low', { openE4: 1_000_000, closeE4: 990_000, highE4: 1_000_000, lowE4: 995_000 }],
  ])('is a crossed range: %s', (_what, given) => {
    expect(new Judge().next(given)).toEqual(hard('RANGE_CROSSED'));
  });

  it.each<FaultCode>(['OUT_OF_SESSION', 'DUPLICATE_CONFLICT', 'UNPARSEABLE', 'QUOTE_CROSSED'])(
    'is what the source has found: %s',
    (code) => {
      expect(new Judge().next({ faults: FAULT[code] })).toEqual(hard(code));
    },
  );

  it('leaves the bars after it as they would have been without it', () => {
    const usual = [{ volume: 10 }, { volume: 20 }, { volume: 30 }];
    const spoilt = [
      usual[0]!,
      { closeE4: Number.NaN },
      { faults: FAULT.DUPLICATE_CONFLICT, openE4: 2_000_000 },
      usual[1]!,
    ];
    expect(new Judge().all([...spoilt, usual[2]!]).slice(-2)).toEqual(new Judge().all(usual).slice(-2));
  });
});

describe('a jump', () => {
  const HIGHER = { openE4: 1_200_000, volume: 10 };
  const MUCH_HIGHER = { openE4: 1_500_000, volume: 10 };
  const USUAL = { openE4: 1_000_000, volume: 10 };

  it('is up to 10 % from the last good close none, beyond it one', () => {
    const up = { openE4: 1_000_000, closeE4: 1_100_000, volume: 10 };
    expect(new Judge().all([USUAL, up])[1]).toEqual(good(10));
    expect(new Judge().all([USUAL, { ...up, highE4: 1_100_001 }])[1]).toEqual(hard('JUMP_UNCONFIRMED'));
    const down = { openE4: 1_000_000, closeE4: 900_000, volume: 10 };
    expect(new Judge().all([USUAL, down])[1]).toEqual(good(10));
    expect(new Judge().all([USUAL, { ...down, lowE4: 899_999 }])[1]).toEqual(hard('JUMP_UNCONFIRMED'));
  });

  it('is believed once a second bar confirms its level', () => {
    const [, first, second, third] = new Judge().all([USUAL, HIGHER, { openE4: 1_210_000, volume: 10 }, HIGHER]);
    expect([first, second, third]).toEqual([hard('JUMP_UNCONFIRMED'), good(10), good(10)]);
  });

  it('is not confirmed by another jump elsewhere', () => {
    const verdicts = new Judge().all([USUAL, HIGHER, MUCH_HIGHER, HIGHER]).slice(1);
    expect(verdicts).toEqual([hard('JUMP_UNCONFIRMED'), hard('JUMP_UNCONFIRMED'), hard('JUMP_UNCONFIRMED')]);
  });

  it('is forgotten when the price comes back', () => {
    const verdicts = new Judge().all([USUAL, HIGHER, { ...USUAL, volume: 11 }, HIGHER]);
    expect(verdicts.map(({ status }) => status)).toEqual([PRESENT, FAULTY, PRESENT, FAULTY]);
  });

  it('waits for its second bar across missing ones', () => {
    expect(new Judge().all([USUAL, HIGHER, null, HIGHER]).at(-1)).toEqual(good(10));
  });

  it('is neither made nor confirmed by a bar that the source refuses', () => {
    const refused = { ...HIGHER, faults: FAULT.DUPLICATE_CONFLICT };
    expect(new Judge().all([USUAL, refused, HIGHER]).at(-1)).toEqual(hard('JUMP_UNCONFIRMED'));
    expect(new Judge().all([USUAL, HIGHER, refused, HIGHER]).slice(2)).toEqual([hard('DUPLICATE_CONFLICT'), good(10)]);
  });

  it('of the first bar is measured within itself', () => {
    expect(new Judge().next({ openE4: 1_000_000, highE4: 1_300_000, closeE4: 1_000_000 })).toEqual(
      hard('JUMP_UNCONFIRMED'),
    );
  });

  it('is not confirmed by one of the session before', () => {
    const judge = new Judge();
    judge.all([USUAL, HIGHER]);
    judge.stage.startSession();
    const wide = { openE4: 1_180_000, closeE4: 1_180_000, lowE4: 1_100_000, highE4: 1_300_000, volume: 10 };
    expect(judge.next(wide)).toEqual(hard('JUMP_UNCONFIRMED'));
  });

  it('is not measured from the session before', () => {
    const judge = new Judge();
    judge.next(USUAL);
    judge.stage.startSession();
    expect(judge.next(MUCH_HIGHER)).toEqual(good(10));
  });
});

describe('a soft fault', () => {
  it.each([
    [0, 'VOLUME_ZERO' as const],
    [-5, 'VOLUME_INVALID' as const],
    [10.5, 'VOLUME_INVALID' as const],
    [Number.NaN, 'VOLUME_INVALID' as const],
    [1e13, 'VOLUME_INVALID' as const],
  ])('of volume %d is %s: the price counts, nothing fills', (volume, code) => {
    expect(new Judge().next({ volume })).toEqual(good(0, code));
  });

  it('is a bar equal to its predecessor in all five values', () => {
    const moved = { openE4: 1_000_000, closeE4: 1_001_000, volume: 10 };
    expect(new Judge().all([moved, moved, moved]).slice(1)).toEqual([good(0, 'STALE_REPEAT'), good(0, 'STALE_REPEAT')]);
    expect(new Judge().all([moved, { ...moved, volume: 11 }])[1]).toEqual(good(11));
    expect(new Judge().all([moved, null, moved])[2]).toEqual(good(0, 'STALE_REPEAT'));
  });

  it('does not carry a repeat over the open', () => {
    const judge = new Judge();
    judge.next({ volume: 10 });
    judge.stage.startSession();
    expect(judge.next({ volume: 10 })).toEqual(good(10));
  });

  it('is a spike above 20 times the running median, which is believed instead', () => {
    // The last 21 of 30 volumes are 109…129, their median 119: 20 times that is 2,380.
    const usual = Array.from({ length: 30 }, (_, at) => ({ volume: 100 + at }));
    expect(new Judge().all([...usual, { volume: 2_380 }]).at(-1)).toEqual(good(2_380));
    expect(new Judge().all([...usual, { volume: 2_381 }]).at(-1)).toEqual(good(119, 'VOLUME_SPIKE'));
  });

  it('is a running total: the spike that is the sum of what was traded', () => {
    const usual = Array.from({ length: 30 }, (_, at) => ({ volume: 100 + at }));
    const total = usual.reduce((sum, { volume }) => sum + volume, 0);
    expect(new Judge().all([...usual, { volume: total }]).at(-1)).toEqual(good(119, 'VOLUME_RUNNING_TOTAL'));
  });

  it('believes the first five volumes as they come', () => {
    const usual = [100, 110, 90, 105, 95].map((volume) => ({ volume }));
    expect(new Judge().all([...usual.slice(0, 4), { volume: 100_000 }]).at(-1)).toEqual(good(100_000));
    expect(new Judge().all([...usual, { volume: 100_000 }]).at(-1)).toEqual(good(100, 'VOLUME_RUNNING_TOTAL'));
  });

  it('does not poison the median', () => {
    const usual = Array.from({ length: 30 }, (_, at) => ({ volume: 100 + (at % 7) }));
    const spikes = Array.from({ length: 30 }, (_, at) => ({ volume: 1_000_000 + at }));
    const verdicts = new Judge().all([...usual, ...spikes]).slice(30);
    expect(verdicts.every(({ fillable, codes }) => fillable < 110 && codes.length === 1)).toBe(true);
  });
});

describe('two symbols', () => {
  it('are judged apart', () => {
    const stage = new QualityStage(2);
    stage.startSession();
    const frame = frameOf([bar(), bar({ closeE4: Number.NaN })]);
    stage.step(frame);
    expect([...frame.status]).toEqual([PRESENT, FAULTY]);
    const next = new MinuteFrame(2);
    stage.step(next);
    expect([...next.status]).toEqual([MISSING, MISSING]);
  });
});

describe('fault codes', () => {
  it('are their bits and back', () => {
    const codes = Object.keys(FAULT) as FaultCode[];
    expect(faultCodes(faultBits(codes))).toEqual(codes);
    expect(new Set(Object.values(FAULT)).size).toBe(codes.length);
  });

  it('are hard where they take the bar', () => {
    const hardOnes = (Object.keys(FAULT) as FaultCode[]).filter((code) => (FAULT[code] & HARD_FAULTS) !== 0);
    expect(hardOnes).toHaveLength(7);
    expect(hardOnes).not.toContain('VOLUME_ZERO');
  });
});
