/**
 * What is kept of a signal is read as it was, in the form of now and in that of version 0.1.
 */

import { describe, expect, it } from 'vitest';
import { readStoredSignal, storedText } from '../../../../shared/contracts/stored-signal.ts';
import { buySignal, signal, symbolSignal } from '../../../support/trading/messages.ts';

const { data } = signal({
  ready: true,
  observation: [Math.fround(-0.0005763214), Math.fround(1 / 3), 12, 0],
  signals: [buySignal('AAPL', { correlated: true }), symbolSignal('MSFT', { present: false, faults: 3 })],
});
const { policy, ready, observation, signals } = data;

describe('a stored signal', () => {
  it('holds what was decided on, without what has rows of its own', () => {
    expect(readStoredSignal(storedText(data), observation)).toEqual({ policy, ready, observation, signals });
  });

  it('takes a third of the message, and the observation four bytes a value', () => {
    expect(storedText(data).length).toBeLessThan(JSON.stringify(data).length / 3);
  });

  it('is read from the message that version 0.1 kept', () => {
    expect(readStoredSignal(JSON.stringify(data), null)).toEqual({ policy, ready, observation, signals });
  });

  it('of another form is refused', () => {
    expect(() => readStoredSignal('{"policy":"rule","ready":true,"signals":[["AAPL"]]}', [])).toThrow(/signals/);
    expect(() => readStoredSignal('{}', null)).toThrow(/policy/);
  });
});
