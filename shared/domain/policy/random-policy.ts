/**
 * `random`: a counter hash of seed, session, minute and symbol, so that it has no generator state.
 */

import { counterHash, symbolHash } from './counter-hash.ts';
import type { Policy } from './policy.ts';

const ACTIONS = 3;

export const randomPolicy: Policy = {
  name: 'random',
  sha256: null,
  parameters: {},
  readsObservation: false,
  decide(input, actions) {
    for (let s = 0; s < actions.length; s++) actions[s] = counterHash(input, symbolHash(input.symbols[s]!)) % ACTIONS;
  },
};
