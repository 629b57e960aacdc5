/**
 * A minute with the verdict that travelled with it, once what can be checked of the verdict has been.
 */

import { readRawBars } from '../../shared/contracts/minute-conversions.ts';
import type { JudgedBar } from '../../shared/contracts/minute.v2.ts';
import { MinuteFrame } from '../../shared/domain/market/frame.ts';
import { applyVerdict, isPossibleVerdict } from '../../shared/domain/quality/verdict.ts';
import { RefusedMessageError } from '../../shared/ports/handler.ts';

/** Throws RefusedMessageError naming the first bar that contradicts what was said of it. */
export function judgedFrame(bars: readonly JudgedBar[]): MinuteFrame {
  const frame = new MinuteFrame(bars.length);
  readRawBars(bars, frame);
  for (const [s, bar] of bars.entries()) {
    if (bar.status === 'missing') continue;
    if (!isPossibleVerdict(frame, s, bar.verdict)) {
      throw new RefusedMessageError({
        reason: 'contradiction',
        field: `data.bars.${s}.verdict`,
        value: JSON.stringify(bar.verdict),
        fix: `Send what quality makes of the bar of ${bar.symbol}: it shows something else by itself.`,
      });
    }
    applyVerdict(frame, s, bar.verdict);
  }
  return frame;
}
