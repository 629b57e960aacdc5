/**
 * Minutes as columns of the core and as bars of a message: the same values both ways.
 *
 * A value that is not a number travels as null, since JSON has none. Prices in 1e-4 USD, volume in shares.
 */

import { FAULTY, MISSING, type MinuteFrame, PRESENT } from '../domain/market/frame.ts';
import { faultBits, faultCodes, HARD_FAULTS } from '../domain/quality/faults.ts';
import type { Action } from '../domain/policy/actions.ts';
import { verdictOf } from '../domain/quality/verdict.ts';
import { SignalFrame } from '../domain/sizing/signal-stage.ts';
import type { CleanBar } from './bars-ready.v1.ts';
import type { JudgedBar, RawBar } from './minute.v2.ts';
import type { SymbolSignal } from './signal.v1.ts';

/** The minute as delivered, before quality has judged it. */
export function rawBars(frame: MinuteFrame, symbols: readonly string[]): RawBar[] {
  return symbols.map((symbol, s): RawBar => {
    if (frame.status[s] === MISSING) return { symbol, status: 'missing' };
    return {
      symbol,
      status: 'bar',
      openE4: numberOrNull(frame.openE4[s]!),
      highE4: numberOrNull(frame.highE4[s]!),
      lowE4: numberOrNull(frame.lowE4[s]!),
      closeE4: numberOrNull(frame.closeE4[s]!),
      volume: numberOrNull(frame.volume[s]!),
      faults: faultCodes(frame.faults[s]!),
    };
  });
}

/** The inverse of `rawBars`. */
export function readRawBars(bars: readonly RawBar[], frame: MinuteFrame): void {
  frame.clear();
  for (let s = 0; s < bars.length; s++) {
    const bar = bars[s]!;
    if (bar.status === 'missing') continue;
    frame.status[s] = PRESENT;
    frame.openE4[s] = bar.openE4 ?? Number.NaN;
    frame.highE4[s] = bar.highE4 ?? Number.NaN;
    frame.lowE4[s] = bar.lowE4 ?? Number.NaN;
    frame.closeE4[s] = bar.closeE4 ?? Number.NaN;
    frame.volume[s] = bar.volume ?? Number.NaN;
    frame.faults[s] = faultBits(bar.faults);
  }
}

/** The bars of a minute with what quality made of them. The frame has been through quality. */
export function judgedBars(bars: readonly RawBar[], frame: MinuteFrame): JudgedBar[] {
  return bars.map((bar, s) => (bar.status === 'missing' ? bar : { ...bar, verdict: verdictOf(frame, s) }));
}

/** What a position is worth at the close of the minute, where it has a good bar. The frame has been through quality. */
export function goodCloses(frame: MinuteFrame, symbols: readonly string[]): { symbol: string; closeE4: number }[] {
  return symbols.flatMap((symbol, s) => (frame.status[s] === PRESENT ? [{ symbol, closeE4: frame.closeE4[s]! }] : []));
}

/** The minute after quality: good bars with the volume that may be believed. */
export function cleanBars(frame: MinuteFrame, symbols: readonly string[]): CleanBar[] {
  return symbols.map((symbol, s): CleanBar => {
    const faults = frame.faults[s]!;
    if (frame.status[s] !== PRESENT) return { symbol, present: false, faults };
    return {
      symbol,
      present: true,
      openE4: frame.openE4[s]!,
      highE4: frame.highE4[s]!,
      lowE4: frame.lowE4[s]!,
      closeE4: frame.closeE4[s]!,
      fillableVolume: frame.fillableVolume[s]!,
      faults,
    };
  });
}

/** The inverse of `cleanBars`; the delivered volume does not travel. */
export function readCleanBars(bars: readonly CleanBar[], frame: MinuteFrame): void {
  frame.clear();
  for (let s = 0; s < bars.length; s++) {
    const bar = bars[s]!;
    frame.faults[s] = bar.faults;
    if (!bar.present) {
      frame.status[s] = (bar.faults & HARD_FAULTS) === 0 ? MISSING : FAULTY;
      continue;
    }
    frame.status[s] = PRESENT;
    frame.openE4[s] = bar.openE4;
    frame.highE4[s] = bar.highE4;
    frame.lowE4[s] = bar.lowE4;
    frame.closeE4[s] = bar.closeE4;
    frame.fillableVolume[s] = bar.fillableVolume;
  }
}

/** What is wanted of each symbol, as it travels to risk. */
export function symbolSignals(frame: SignalFrame, symbols: readonly string[]): SymbolSignal[] {
  return symbols.map((symbol, s) => ({
    symbol,
    present: frame.present[s] === PRESENT,
    markE4: frame.markE4[s]!,
    faults: frame.faults[s]!,
    action: frame.actions[s] as Action,
    entryQuantity: frame.entryQuantity[s]!,
    limitPriceE4: frame.limitPriceE4[s]!,
    correlated: frame.correlated[s] === 1,
  }));
}

/** The inverse of `symbolSignals`. */
export function readSymbolSignals(signals: readonly SymbolSignal[]): SignalFrame {
  const frame = new SignalFrame(signals.length);
  signals.forEach((signal, s) => {
    frame.present[s] = signal.present ? PRESENT : MISSING;
    frame.faults[s] = signal.faults;
    frame.markE4[s] = signal.markE4;
    frame.actions[s] = signal.action;
    const { entryQuantity: quantity, limitPriceE4, correlated: isCorrelated } = signal;
    frame.enter(s, { quantity, limitPriceE4, isCorrelated });
  });
  return frame;
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
