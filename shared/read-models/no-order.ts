/**
 * Why a decision has neither an order nor a refusal (verdict NONE), in plain words, from what was known when it was made.
 */

import { type Action, BUY, SELL } from '../domain/policy/actions.ts';
import { shares } from './format.ts';

export interface Situation {
  readonly action: Action;
  /** False: a feature was missing, so a policy that reads features was not asked. */
  readonly isReady: boolean;
  /** Shares held after the fills of the minute; negative for a short position. */
  readonly quantity: number;
  /** Reference of the order that works on from an earlier minute; null without one. */
  readonly workingEntry: string | null;
  readonly workingExit: string | null;
}

export interface PlainReason {
  /** Two or three words. */
  readonly title: string;
  readonly reason: string;
}

export function whyNoOrder(situation: Situation): PlainReason {
  const { action } = situation;
  if (action === BUY) return whyNoEntry(situation);
  if (action === SELL) return whyNoExit(situation);
  return whyNothing(situation);
}

function whyNoEntry({ quantity, workingEntry, workingExit }: Situation): PlainReason {
  if (quantity > 0) {
    const reason = `Already long ${shares(quantity)}, and a BUY never adds to a position: it is kept.`;
    return { title: 'Already long, kept', reason };
  }
  if (quantity < 0 && workingExit !== null) {
    return { title: 'Exit already working', reason: `${workingExit} already buys the short position back.` };
  }
  if (workingEntry !== null) {
    return { title: 'Entry already working', reason: `${workingEntry} still works; a second entry is never sent.` };
  }
  return NOTHING_TO_DO;
}

function whyNoExit({ quantity, workingExit }: Situation): PlainReason {
  if (workingExit !== null) {
    return { title: 'Exit already working', reason: `${workingExit} still works; a second exit is never sent.` };
  }
  if (quantity === 0) return { title: 'Already flat', reason: 'Nothing is held, so there is nothing to sell.' };
  if (quantity < 0) {
    return { title: 'Already short, kept', reason: `Already short ${shares(-quantity)}: the position is kept.` };
  }
  return NOTHING_TO_DO;
}

function whyNothing({ isReady, quantity, workingEntry }: Situation): PlainReason {
  const held = heldText(quantity);
  const entry = workingEntry === null ? '' : ` ${workingEntry} works on.`;
  if (!isReady) {
    const reason = `HOLD while features warm up: ${held}.${entry} A model is asked from the first minute with every feature.`;
    return { title: 'Warming up', reason };
  }
  return { title: quantity === 0 ? 'Stays flat' : 'Position kept', reason: `HOLD changes nothing: ${held}.${entry}` };
}

function heldText(quantity: number): string {
  if (quantity === 0) return 'nothing is held';
  return quantity > 0 ? `long ${shares(quantity)}` : `short ${shares(-quantity)}`;
}

const NOTHING_TO_DO: PlainReason = { title: 'Nothing to do', reason: 'No order was due, and no limit refused one.' };
