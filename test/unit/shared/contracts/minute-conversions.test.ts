/**
 * A minute as columns and as bars of a message: the same values both ways, over the text that travels.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CleanBar, cleanBarSchema } from '../../../../shared/contracts/bars-ready.v1.ts';
import {
  cleanBars,
  rawBars,
  readCleanBars,
  readRawBars,
  readSymbolSignals,
  symbolSignals,
} from '../../../../shared/contracts/minute-conversions.ts';
import { type RawBar, rawBarSchema } from '../../../../shared/contracts/minute.v2.ts';
import { FAULTY, MinuteFrame, MISSING } from '../../../../shared/domain/market/frame.ts';
import { FAULT } from '../../../../shared/domain/quality/faults.ts';
import { QualityStage } from '../../../../shared/domain/quality/quality.ts';
import { SignalFrame } from '../../../../shared/domain/sizing/signal-stage.ts';
import { type Bar, bar, frameOf } from '../../../support/core/core.ts';

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];

const anyNumber = fc.oneof(
  fc.integer({ min: -5, max: 2_000_000 }),
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -0),
);
const anyBar: fc.Arbitrary<Bar | null> = fc.option(
  fc.record({
    openE4: anyNumber,
    highE4: anyNumber,
    lowE4: anyNumber,
    closeE4: anyNumber,
    volume: anyNumber,
    faults: fc.constantFrom(0, FAULT.UNPARSEABLE, FAULT.DUPLICATE_CONFLICT, FAULT.OUT_OF_SESSION),
  }),
);
const goodBar = fc
  .tuple(fc.integer({ min: 100, max: 9_000_000 }), fc.nat(1_000_000))
  .map(([openE4, volume]) => bar({ openE4, volume }));
const anyMinute = fc.tuple(...SYMBOLS.map(() => fc.oneof(anyBar, goodBar)));

function overText<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/** The columns that a reader of the frame may rely on, as text: present values only. */
function seen(frame: MinuteFrame, columns: readonly ('volume' | 'fillableVolume')[]): string {
  const bars = SYMBOLS.map((_, s) => {
    const faults = frame.faults[s];
    if (frame.status[s] === MISSING || frame.status[s] === FAULTY) return [frame.status[s], faults];
    const prices = [frame.openE4[s], frame.highE4[s], frame.lowE4[s], frame.closeE4[s]];
    return [frame.status[s], faults, ...prices, ...columns.map((column) => frame[column][s])];
  });
  return JSON.stringify(bars);
}

describe('a minute as it was delivered', () => {
  it('is judged the same before and after it travelled, whatever it holds', () => {
    fc.assert(
      fc.property(anyMinute, (bars) => {
        const [here, there] = [frameOf(bars), new MinuteFrame(SYMBOLS.length)];
        const message = overText(rawBars(here, SYMBOLS));
        for (const each of message) rawBarSchema.parse(each);
        readRawBars(message, there);
        for (const frame of [here, there]) new QualityStage(SYMBOLS.length).step(frame);
        expect(seen(there, ['fillableVolume'])).toBe(seen(here, ['fillableVolume']));
      }),
    );
  });

  it('carries what is not a number as null, and faults by their names', () => {
    const frame = frameOf([
      bar({ closeE4: Number.NaN, openE4: 1, volume: Number.POSITIVE_INFINITY, faults: FAULT.UNPARSEABLE }),
    ]);
    expect(rawBars(frame, ['AAPL'])).toMatchObject([
      { openE4: 1, closeE4: null, volume: null, faults: ['UNPARSEABLE'] },
    ]);
  });

  it('leaves nothing of the minute before', () => {
    const frame = frameOf([bar({ faults: FAULT.UNPARSEABLE }), bar()]);
    readRawBars(
      [
        { symbol: 'AAPL', status: 'missing' },
        { symbol: 'MSFT', status: 'missing' },
      ] satisfies RawBar[],
      frame,
    );
    expect([[...frame.status], [...frame.faults], [...frame.fillableVolume]]).toEqual([
      [MISSING, MISSING],
      [0, 0],
      [0, 0],
    ]);
  });
});

describe('a minute after quality', () => {
  it('is the same after it travelled, but for the volume that was delivered', () => {
    fc.assert(
      fc.property(anyMinute, (bars) => {
        const [here, there] = [frameOf(bars), new MinuteFrame(SYMBOLS.length)];
        new QualityStage(SYMBOLS.length).step(here);
        const message = overText(cleanBars(here, SYMBOLS));
        for (const each of message) cleanBarSchema.parse(each);
        readCleanBars(message, there);
        expect(seen(there, ['fillableVolume'])).toBe(seen(here, ['fillableVolume']));
      }),
    );
  });

  it('tells a bar that was refused from one that never came', () => {
    const frame = new MinuteFrame(2);
    const bars: CleanBar[] = [
      { symbol: 'AAPL', present: false, faults: 0 },
      { symbol: 'MSFT', present: false, faults: FAULT.PRICE_INVALID },
    ];
    readCleanBars(bars, frame);
    expect([...frame.status]).toEqual([MISSING, FAULTY]);
  });
});

describe('what is wanted of each symbol', () => {
  it('is the same after it travelled', () => {
    const wish = fc.record({
      action: fc.constantFrom(0, 1, 2),
      present: fc.boolean(),
      faults: fc.nat(0xffff),
      markE4: fc.nat(9_000_000),
      entryQuantity: fc.nat(100),
      limitPriceE4: fc.nat(9_000_000),
      isCorrelated: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.tuple(wish, wish, wish), (wishes) => {
        const frame = new SignalFrame(SYMBOLS.length);
        wishes.forEach(({ entryQuantity: quantity, limitPriceE4, isCorrelated, ...each }, s) => {
          frame.actions[s] = each.action;
          frame.present[s] = each.present ? 1 : 0;
          frame.faults[s] = each.faults;
          frame.markE4[s] = each.markE4;
          frame.enter(s, { quantity, limitPriceE4, isCorrelated });
        });
        const signals = symbolSignals(frame, SYMBOLS);
        expect(signals.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
        expect(symbolSignals(readSymbolSignals(overText(signals)), SYMBOLS)).toEqual(signals);
        expect(readSymbolSignals(signals)).toEqual(frame);
      }),
    );
  });
});
