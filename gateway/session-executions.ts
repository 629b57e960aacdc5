/**
 * Whether the fills and ended orders that a restarted session derives are those that are on record. They differ where
 * bars, fees or the code that fills have changed under the run, or its rows have.
 */

import { minuteName } from '../shared/domain/calendar/exchange-time.ts';
import { MINUTE_MS } from '../shared/domain/units/units.ts';
import type { Fill } from '../shared/domain/orders/types.ts';
import type { OrderEventRow } from '../shared/ports/repositories/execution.ts';
import { RunStoppedError } from './run-stopped.ts';

export interface Executions {
  readonly fills: readonly Fill[];
  /** Without those of orders that were taken: the broker decides the rest. */
  readonly events: readonly OrderEventRow[];
}

interface Row {
  readonly what: string;
  readonly eventMs: number;
  readonly symbol: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Throws RunStoppedError naming the first difference: session, minute, symbol, stored and derived values. */
export function checkExecutions(
  session: { readonly date: number; readonly openMs: number },
  stored: Executions,
  derived: Executions,
): void {
  const [before, now] = [rowsOf(stored), rowsOf(derived)];
  const keys = [...new Set([...before.keys(), ...now.keys()])];
  const different = keys.filter((key) => differences(before.get(key), now.get(key)).length > 0);
  const first = different
    .map((key) => ({ stored: before.get(key), derived: now.get(key) }))
    .toSorted((one, other) => timeOf(one) - timeOf(other))[0];
  if (first === undefined) return;
  const { what, symbol } = (first.stored ?? first.derived)!;
  const minute = Math.floor((timeOf(first) - session.openMs) / MINUTE_MS);
  throw new RunStoppedError(
    `session ${session.date}, ${minuteName(minute)}, ${symbol}: ${what} is not what this run derives: ` +
      differences(first.stored, first.derived).join(', '),
    './jules audit verify says whether rows were altered; put back what was changed and start again, ' +
      'or begin another run with --new-run',
  );
}

function rowsOf({ fills, events }: Executions): Map<string, Row> {
  const symbols = new Map(fills.map(({ orderRef, symbol }) => [orderRef, symbol]));
  return new Map([
    ...fills.map((fill) => {
      const { fillId, fees, ...values } = fill;
      const row: Row = { what: `fill ${fillId}`, ...fill, values: { ...values, ...fees } };
      return [`fill ${fillId}`, row] as const;
    }),
    ...events.map(({ orderRef, event, eventMs, detail }) => {
      const symbol = symbols.get(orderRef) ?? orderRef;
      const row: Row = { what: `${event} of order ${orderRef}`, eventMs, symbol, values: { detail } };
      return [`${orderRef} ${event} ${eventMs}`, row] as const;
    }),
  ]);
}

function differences(stored: Row | undefined, derived: Row | undefined): string[] {
  if (stored === undefined) return ['stored none'];
  if (derived === undefined) return ['derived none'];
  return Object.keys(derived.values)
    .filter((name) => stored.values[name] !== derived.values[name])
    .map((name) => `${name} stored ${String(stored.values[name])}, derived ${String(derived.values[name])}`);
}

function timeOf({ stored, derived }: { readonly stored: Row | undefined; readonly derived: Row | undefined }): number {
  return (stored ?? derived)!.eventMs;
}
