/**
 * `hold`: never trades.
 */

import { HOLD } from './actions.ts';
import type { Policy } from './policy.ts';

export const holdPolicy: Policy = {
  name: 'hold',
  sha256: null,
  parameters: {},
  readsObservation: false,
  decide: (_input, actions) => void actions.fill(HOLD),
};
