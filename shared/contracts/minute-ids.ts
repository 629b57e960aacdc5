/**
 * Ids of the messages that carry one minute from the gateway to risk. They derive from the address of the minute, so
 * whoever knows the minute knows its messages.
 */

const CARRIERS = ['minute', 'bars-ready', 'signal'] as const;
type Carrier = (typeof CARRIERS)[number] | 'parked' | 'decision';

interface MinuteOfSession {
  readonly session: number;
  readonly minuteIndex: number;
}

export function minuteId(type: Carrier, runId: string, { session, minuteIndex }: MinuteOfSession): string {
  return `${type}/${runId}/${session}/${minuteIndex}`;
}

/** Those on the way to the decision, in the order of the way. */
export function carrierIds(runId: string, minute: MinuteOfSession): string[] {
  return CARRIERS.map((type) => minuteId(type, runId, minute));
}

/** The steps of a minute to its decision, each with the message that it leaves behind. */
export const MINUTE_STEPS = [
  { step: 'sent', type: 'minute' },
  { step: 'ingested', type: 'bars-ready' },
  { step: 'signalled', type: 'signal' },
  { step: 'decided', type: 'decision' },
] as const satisfies readonly { step: string; type: Carrier }[];
export type MinuteStepName = (typeof MINUTE_STEPS)[number]['step'];
