/**
 * Messages as a person reads them: one head line each, the body cut to what a screen takes.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import { readableBody } from '../../../../shared/contracts/message-body.ts';
import type { QuarantineRow } from '../../../../shared/ports/repositories/messages.ts';
import type { PeekedMessage } from './queue-admin.ts';

const BODY_SHOWN_MAX = 160;
const VALUE_SHOWN_MAX = 60;

export function letterLines(letter: PeekedMessage, full: boolean): string[] {
  const { messageId, groupId, receiveCount, sentAtMs, body } = letter;
  return [
    `${messageId}  run ${groupId}, received ${receiveCount} times, sent ${exchangeTime(sentAtMs)}`,
    `  ${shownBody(body, full)}`,
  ];
}

export function parkedLines(row: QuarantineRow, full: boolean): string[] {
  const { id, source, reason, field, value, fix, message, parkedAtMs, redrivenAtMs, body } = row;
  const origin = message === undefined ? '' : `, run ${message.runId}, ${message.messageId || 'no id beside the body'}`;
  const again = redrivenAtMs === null ? '' : `, sent again ${exchangeTime(redrivenAtMs)}`;
  return [
    `#${id}  ${source}${origin}, parked ${exchangeTime(parkedAtMs)}${again}`,
    `  ${reason}: ${field} is ${cut(value, VALUE_SHOWN_MAX)}. ${fix}`,
    `  ${shownBody(body, full)}`,
  ];
}

/** What `--json` says of a body unless it is asked for whole. */
export function withShownBody<Item extends { readonly body: string }>(
  item: Item,
  full: boolean,
): Item & { bodyCharacters: number } {
  return { ...item, body: shownBody(item.body, full), bodyCharacters: item.body.length };
}

function shownBody(body: string, full: boolean): string {
  const readable = readableBody(body);
  return full ? readable : cut(readable, BODY_SHOWN_MAX);
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
