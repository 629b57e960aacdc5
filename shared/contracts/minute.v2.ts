/**
 * minute.v2: gateway → ingest. One closed minute with every symbol of the run, present or missing, as delivered and as
 * the gateway has judged it, and the fills of that minute.
 *
 * A value that is not a number travels as null; `faults` are those the source set, those of the verdict include them.
 */

import * as z from 'zod';
import { FAULT, type FaultCode } from '../domain/quality/faults.ts';
import { eventContract, QUANTITY, SYMBOL } from './envelope.ts';
import { brokerReport, minuteAddress } from './shared-fields.ts';

const FAULT_CODE = z.enum(Object.keys(FAULT) as [FaultCode, ...FaultCode[]]);
const RAW_NUMBER = z.number().nullable();

const missingBar = z.strictObject({ symbol: SYMBOL, status: z.literal('missing') });
const deliveredBar = z.strictObject({
  symbol: SYMBOL,
  status: z.literal('bar'),
  openE4: RAW_NUMBER,
  highE4: RAW_NUMBER,
  lowE4: RAW_NUMBER,
  closeE4: RAW_NUMBER,
  volume: RAW_NUMBER,
  faults: z.array(FAULT_CODE),
});
const verdict = z.strictObject({ faults: z.int().min(0), fillableVolume: QUANTITY });

export const rawBarSchema = z.discriminatedUnion('status', [missingBar, deliveredBar]);
/** As a source delivers it. */
export type RawBar = z.infer<typeof rawBarSchema>;

const judgedBarSchema = z.discriminatedUnion('status', [missingBar, deliveredBar.extend({ verdict })]);
export type JudgedBar = z.infer<typeof judgedBarSchema>;

const data = z.strictObject({
  ...minuteAddress,
  feed: z.string().min(1).max(40),
  bars: z.array(judgedBarSchema).min(1).max(500),
  ...brokerReport,
});

export type MinuteData = z.infer<typeof data>;
export const minuteV2 = eventContract('minute', 2, data);
