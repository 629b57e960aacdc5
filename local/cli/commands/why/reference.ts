/**
 * What a person may ask `why` about: an order (`20250103-029-AAPL-N`) or a decision (`20250103-029-AAPL`).
 */

export interface Reference {
  /** The text as given. */
  readonly text: string;
  readonly session: number;
  readonly minuteIndex: number;
  readonly symbol: string;
}

/** Letters of the order kinds: entry, exit, protective stop. */
const KIND_SUFFIX = /-[NXP]$/;

/** Null for a text of another form. The symbol is read without an order's suffix, which a symbol may also end in. */
export function parseReference(text: string): Reference | null {
  const match = /^(\d{8})-(\d{3})-([A-Z][A-Z0-9.-]*)$/.exec(text);
  if (match === null) return null;
  const [, session, minute, rest] = match as unknown as [string, string, string, string];
  return { text, session: Number(session), minuteIndex: Number(minute), symbol: rest.replace(KIND_SUFFIX, '') };
}
