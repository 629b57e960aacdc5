/**
 * minute.v1: gateway → ingest. One closed minute with every symbol of the run, present or missing, as delivered,
 * and the fills of that minute. A value that is not a number travels as null; `faults` are those the source set.
 */

import * as z from 'zod';
import { FAULT, type FaultCode } from '../domain/quality/faults.ts';
import { eventContract, SYMBOL } from './envelope.ts';
import { brokerReport, minuteAddress } from './shared-fields.ts';

const FAULT_CODE = z.enum(Object.keys(FAULT) as [FaultCode, ...FaultCode[]]);
const RAW_NUMBER = z.number().nullable();

export const rawBarSchema = z.discriminatedUnion('status', [
  z.strictObject({ symbol: SYMBOL, status: z.literal('missing') }),
  z.strictObject({
    symbol: SYMBOL,
    status: z.literal('bar'),
    openE4: RAW_NUMBER,
    highE4: RAW_NUMBER,
    lowE4: RAW_NUMBER,
    closeE4: RAW_NUMBER,
    volume: RAW_NUMBER,
    faults: z.array(FAULT_CODE),
  }),
]);
export type RawBar = z.infer<typeof rawBarSchema>;

const data = z.strictObject({
  ...minuteAddress,
  feed: z.string().min(1).max(40),
  bars: z.array(rawBarSchema).min(1).max(500),
  ...brokerReport,
});

export type MinuteData = z.infer<typeof data>;
export const minuteV1 = eventContract('minute', 1, data);
