/**
 * What the judge said of one bar, as it travels from the gateway to whoever stores it: there is one judge, and who has
 * not seen the minutes before takes its word, as far as the bar itself does not contradict it.
 */

import { FAULTY, type MinuteFrame, PRESENT } from '../market/frame.ts';
import { priceFault, volumeFault } from './bar-faults.ts';
import { FAULT, HARD_FAULTS } from './faults.ts';
import { SPIKE_MULTIPLE } from './robust-volume.ts';

export interface Verdict {
  /** Bits of `faults.ts`, those that the source set included. */
  readonly faults: number;
  readonly fillableVolume: number;
}

/** Of a bar that came. */
export function verdictOf(frame: MinuteFrame, s: number): Verdict {
  return { faults: frame.faults[s]!, fillableVolume: frame.fillableVolume[s]! };
}

/**
 * Whether the judge can have said this of a bar that came, as it was delivered: what a bar shows by itself has to be
 * in it; that it is a jump, a repeat or an unusual volume is known only from the minutes before.
 */
export function isPossibleVerdict(frame: MinuteFrame, s: number, { faults, fillableVolume }: Verdict): boolean {
  const given = frame.faults[s]!;
  const hard = given & HARD_FAULTS || pricesOf(frame, s) || faults & FAULT.JUMP_UNCONFIRMED;
  if (hard !== 0) return faults === (given | hard) && fillableVolume === 0;
  const volume = frame.volume[s]!;
  const own = volumeFault(volume);
  if (own !== 0) return faults === (given | own) && fillableVolume === 0;
  if (faults === given) return fillableVolume === volume;
  if (faults === (given | FAULT.STALE_REPEAT)) return fillableVolume === 0;
  const isUnusual = faults === (given | FAULT.VOLUME_SPIKE) || faults === (given | FAULT.VOLUME_RUNNING_TOTAL);
  return isUnusual && fillableVolume > 0 && fillableVolume * SPIKE_MULTIPLE < volume;
}

/** Makes the delivered bar what the judge made of it. */
export function applyVerdict(frame: MinuteFrame, s: number, { faults, fillableVolume }: Verdict): void {
  frame.status[s] = (faults & HARD_FAULTS) === 0 ? PRESENT : FAULTY;
  frame.faults[s] = faults;
  frame.fillableVolume[s] = fillableVolume;
}

function pricesOf({ openE4, highE4, lowE4, closeE4 }: MinuteFrame, s: number): number {
  return priceFault(openE4[s]!, highE4[s]!, lowE4[s]!, closeE4[s]!);
}
