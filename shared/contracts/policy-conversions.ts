/**
 * What a policy is asked, as views of the core and as a message to the runner: the same values both ways.
 */

import { CloseWindow } from '../domain/policy/close-window.ts';
import type { PolicyInput } from '../domain/policy/policy.ts';
import type { ActInput } from './act.v1.ts';

export function actInput(input: PolicyInput): ActInput {
  const { session, minuteIndex, minutes, seed, symbols, closes, observation, ready, positions } = input;
  return {
    session,
    minuteIndex,
    minutes,
    seed,
    symbols,
    closesE4: symbols.map((_, s) => closes.last(s)),
    observation: Array.from(observation),
    ready,
    positions: Array.from(positions),
  };
}

/** The inverse of `actInput`. */
export function readActInput(input: ActInput): PolicyInput {
  const { session, minuteIndex, minutes, seed, symbols, closesE4, observation, ready, positions } = input;
  const closes = new CloseWindow(symbols.length);
  closesE4.forEach((own, s) => {
    for (const closeE4 of own) closes.push(s, closeE4);
  });
  return { session, minuteIndex, minutes, seed, symbols, closes, observation, ready, positions };
}
