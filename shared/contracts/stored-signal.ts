/**
 * A signal as it is kept beside its decision. Fills, closed orders and the address of the minute have rows of their own,
 * the observation a column of 32-bit floats, which is what it is made of.
 */

import * as z from 'zod';
import type { SignalData } from './signal.v1.ts';

export type StoredSignal = Pick<SignalData, 'policy' | 'ready' | 'observation' | 'signals'>;

type SymbolSignal = SignalData['signals'][number];

/** In this order; a row of names for each symbol would take more room than the values. */
const FIELDS = [
  'symbol',
  'present',
  'markE4',
  'faults',
  'action',
  'entryQuantity',
  'limitPriceE4',
  'correlated',
] as const satisfies readonly (keyof SymbolSignal)[];

const kept = z.object({
  policy: z.string(),
  ready: z.boolean(),
  signals: z.array(z.array(z.union([z.string(), z.number(), z.boolean()])).length(FIELDS.length)),
});

/** What version 0.1 kept: the message. */
const whole = z.object({
  policy: z.string(),
  ready: z.boolean(),
  observation: z.array(z.number()),
  signals: z.array(z.custom<SymbolSignal>((value) => typeof value === 'object' && value !== null)),
});

export function storedText({ policy, ready, signals }: StoredSignal): string {
  return JSON.stringify({ policy, ready, signals: signals.map((signal) => FIELDS.map((field) => signal[field])) });
}

/** Throws ZodError for a text that neither version wrote. */
export function readStoredSignal(text: string, observation: readonly number[] | null): StoredSignal {
  const value: unknown = JSON.parse(text);
  if (observation === null) return whole.parse(value);
  const { policy, ready, signals } = kept.parse(value);
  return { policy, ready, observation: observation.map(Math.fround), signals: signals.map(symbolSignal) };
}

function symbolSignal(values: readonly (string | number | boolean)[]): SymbolSignal {
  return Object.fromEntries(FIELDS.map((field, at) => [field, values[at]])) as SymbolSignal;
}
