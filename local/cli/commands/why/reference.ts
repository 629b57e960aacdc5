/**
 * What a person may ask `why` about: an order (`20260105-029-AAPL-N`) or a decision (`20260105-029-AAPL`).
 */

export interface Reference {
  /** The text as given. */
  readonly text: string;
  readonly session: number;
  /** Counted from 0, as references are made; people see it counted from 1. */
  readonly minuteIndex: number;
  readonly symbol: string;
  /** The text, where it is read as an order's; null: a decision's. */
  readonly orderRef: string | null;
}

/** Letters of the order kinds: entry, exit, protective stop. */
const KIND_SUFFIX = /-[NXP]$/;

/**
 * What the text may mean, the likeliest first; empty for a text of another form. One that ends like an order may also be a
 * decision of a symbol that ends so.
 */
export function readReference(text: string): readonly Reference[] {
  const match = /^(\d{8})-(\d{3})-([A-Z][A-Z0-9.-]*)$/.exec(text);
  if (match === null) return [];
  const [, session, minute, rest] = match as unknown as [string, string, string, string];
  const decision = { text, session: Number(session), minuteIndex: Number(minute), symbol: rest, orderRef: null };
  if (!KIND_SUFFIX.test(rest)) return [decision];
  return [{ ...decision, symbol: rest.replace(KIND_SUFFIX, ''), orderRef: text }, decision];
}
