/**
 * What the audit log says of decisions, commands, orders, fills and access: one builder for each kind of entry.
 */

import type { ClosedOrder, Fill, Order } from '../orders/types.ts';
import { type ArmOutcome, armText } from '../risk/arming.ts';
import type { StandingCause } from '../risk/causes.ts';
import type { CommandOutcome } from '../risk/command-outcome.ts';
import type { Decision, SymbolDecision } from '../risk/types.ts';
import type { EpochMs } from '../units/units.ts';
import { type AuditEntry, type AuditKind, type CanonicalValue, canonicalJson } from './chain.ts';

/** Symbols of which nothing was asked are left out. A denial says the limit, the value and what would have passed. */
export function decisionEntry(cause: 'minute' | 'pulse' | 'command', decision: Decision): AuditEntry {
  const { session, minuteIndex, state, causes, equityE4, symbols, orders, cancels } = decision;
  return entry('decision', decision.eventMs, {
    cause,
    session,
    minuteIndex,
    state,
    causes: causes.map(causeBody),
    equityE4,
    verdicts: symbols.filter(({ verdict }) => verdict !== 'NONE').map(verdictBody),
    orders: orders.map(orderBody),
    cancels,
  });
}

export interface OperatorWords {
  readonly command: string;
  readonly operator: string;
  readonly reason: string;
  /** The finding of the audit that an order to arm accepts. */
  readonly acceptAudit?: string | null;
}

/** What was ordered, by whom and why; what came of it, and what stands after it. */
export function commandEntry(words: OperatorWords, outcome: CommandOutcome, eventMs: EpochMs): AuditEntry {
  const { command, operator, reason, acceptAudit = null } = words;
  const { result, text, state, causes, arming } = outcome;
  const said = { command, operator, reason, acceptAudit };
  return entry('command', eventMs, { ...said, result, text, state, causes: causes.map(causeBody), ...armBody(arming) });
}

/** The run armed itself at the first flat minute of a session. */
export function rearmEntry(outcome: ArmOutcome, eventMs: EpochMs): AuditEntry {
  const causes = outcome.remaining.map(causeBody);
  return entry('rearm', eventMs, { text: armText(outcome), causes, ...armBody(outcome) });
}

/** An order as it was taken to be worked. */
export function orderEntry(order: Order): AuditEntry {
  return entry('order', order.eventMs, orderBody(order));
}

export function fillEntry(fill: Fill): AuditEntry {
  const { fillId, orderRef, symbol, side, quantity, priceE4, code, session, minuteIndex } = fill;
  const { commissionE4, exchangeE4, secE4, tafE4 } = fill.fees;
  const fees = { commissionE4, exchangeE4, secE4, tafE4 };
  return entry('fill', fill.eventMs, {
    fillId,
    orderRef,
    symbol,
    side,
    quantity,
    priceE4,
    fees,
    code,
    session,
    minuteIndex,
  });
}

export function orderEndEntry({ orderRef, reason }: ClosedOrder, eventMs: EpochMs): AuditEntry {
  return entry('order-end', eventMs, { orderRef, reason });
}

export interface Access {
  readonly method: string;
  readonly route: string;
  readonly outcome: 'accepted' | 'refused' | 'failed';
  /** HTTP status of the answer. */
  readonly status: number;
  /** What was asked for, where it could be read. */
  readonly detail: string;
}

export function accessEntry({ method, route, outcome, status, detail }: Access, eventMs: EpochMs): AuditEntry {
  return entry('access', eventMs, { method, route, outcome, status, detail });
}

/** Before each export of heads: the digest of the last one, so that it cannot vanish unnoticed. */
export function exportEntry(previous: string, eventMs: EpochMs): AuditEntry {
  return entry('export', eventMs, { previous });
}

export interface SecretEventFields {
  readonly atMs: number;
  readonly kind: string;
  readonly operation: string;
  readonly actor: string;
  readonly secret: string | null;
  readonly versionId: string | null;
  readonly outcome: string;
}

/** A line of the vault's journal, with its place there. */
export function secretEntry(event: SecretEventFields, line: ShippedLine): AuditEntry {
  const { atMs, kind, operation, actor, secret, versionId, outcome } = event;
  const place = { line: line.sequence, lineHash: line.hash };
  return entry('secret', Math.floor(atMs), { ...place, atMs, kind, operation, actor, secret, versionId, outcome });
}

export interface ShippedLine {
  readonly sequence: number;
  readonly hash: string;
}

/** The line of the journal that an entry of kind `secret` was; null for any other. */
export function shippedLine({ kind, body }: { readonly kind: string; readonly body: string }): ShippedLine | null {
  if (kind !== 'secret') return null;
  const hash = /"lineHash":"([0-9a-f]{64})"/.exec(body)?.[1];
  const sequence = Number(/"line":(\d+)/.exec(body)?.[1] ?? Number.NaN);
  return hash === undefined || Number.isNaN(sequence) ? null : { sequence, hash };
}

/** The digest that an entry of kind `export` names; null for any other. */
export function exportedBefore({ kind, body }: { readonly kind: string; readonly body: string }): string | null {
  return kind === 'export' ? (/"previous":"([0-9a-f]{64})"/.exec(body)?.[1] ?? null) : null;
}

function entry(kind: AuditKind, eventMs: EpochMs, fields: CanonicalValue): AuditEntry {
  return { kind, eventMs, body: canonicalJson(fields) };
}

function causeBody({ cause, sinceMs, by, why }: StandingCause): CanonicalValue {
  return { cause, sinceMs, by, why };
}

function armBody(arming: ArmOutcome | null): { readonly [key: string]: CanonicalValue } {
  if (arming?.kind !== 'armed') return {};
  const { lifted, formerReferenceE4, referenceE4 } = arming;
  return { lifted: lifted.map(causeBody), formerReferenceE4, referenceE4 };
}

function verdictBody({ symbol, action, verdict, quantity, detail }: SymbolDecision): CanonicalValue {
  return { symbol, action, verdict, quantity, detail: detail && { ...detail } };
}

function orderBody(order: Order): CanonicalValue {
  const { orderRef, kind, symbol, side, quantity, type, limitPriceE4, stopPriceE4, parentRef } = order;
  return { orderRef, kind, symbol, side, quantity, type, limitPriceE4, stopPriceE4, parentRef };
}
