/**
 * When a rotation window opens and closes: days after the last rotation, rate() or cron(), all in UTC.
 *
 * Source: the user guide's "Schedule expressions in Secrets Manager rotation" and RotationRulesType.
 */

import type { Rotation } from '../../../vault/store/records.ts';
import { invalidParameter } from '../aws-error.ts';
import { type Cron, nextCronMs, parseCron } from './cron.ts';

type Rules = Rotation['rules'];

type Schedule =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SECOND_MS = 1_000;
/** AWS rotates no more often than every four hours. */
const RATE_HOURS_MIN = 4;
const RATE_DAYS_MAX = 999;
const DURATION_HOURS_MAX = 24;

/** Throws AwsError InvalidParameterException saying which rule cannot be. */
export function checkRules(rules: Rules): void {
  if (rules.automaticallyAfterDays !== undefined && rules.scheduleExpression !== undefined) {
    throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression in RotationRules.");
  }
  const schedule = scheduleOf(rules);
  const hours = durationHours(rules);
  if (hours === null) return;
  if (schedule === null) throw invalidParameter('You can specify a Duration only together with a schedule.');
  const longest = schedule.kind === 'hours' ? schedule.hours : DURATION_HOURS_MAX;
  if (hours < 1 || hours > longest) {
    throw invalidParameter(
      `Duration ${hours}h: the window must be 1h to ${longest}h, so that it ends before the next.`,
    );
  }
}

/** Null without a schedule. */
export function nextWindowMs(rules: Rules, lastMs: number): number | null {
  const schedule = scheduleOf(rules);
  if (schedule === null) return null;
  if (schedule.kind === 'days') return startOf(lastMs, DAY_MS) + schedule.days * DAY_MS;
  if (schedule.kind === 'hours') return startOf(lastMs, HOUR_MS) + schedule.hours * HOUR_MS;
  return nextCronMs(schedule.cron, lastMs);
}

/** The last second of the next window: by then the secret is rotated. */
export function windowEndMs({ rules, nextMs }: Pick<Rotation, 'rules' | 'nextMs'>): number | null {
  if (nextMs === null) return null;
  const hours = durationHours(rules) ?? (isHourly(scheduleOf(rules)) ? 1 : null);
  const endMs = hours === null ? startOf(nextMs, DAY_MS) + DAY_MS : nextMs + hours * HOUR_MS;
  return endMs - SECOND_MS;
}

function scheduleOf({ automaticallyAfterDays, scheduleExpression }: Rules): Schedule | null {
  if (automaticallyAfterDays !== undefined) return { kind: 'days', days: automaticallyAfterDays };
  if (scheduleExpression === undefined) return null;
  const rate = /^rate\(\s*(\d+)\s+(hour|hours|day|days)\s*\)$/.exec(scheduleExpression);
  if (rate !== null) return rateOf(Number(rate[1]), rate[2]?.startsWith('hour') ?? false, scheduleExpression);
  const cron = /^cron\((.+)\)$/.exec(scheduleExpression);
  if (cron === null) throw unreadable(scheduleExpression, 'it is neither rate() nor cron()');
  try {
    return { kind: 'cron', cron: parseCron(cron[1] ?? '') };
  } catch (error) {
    throw unreadable(scheduleExpression, error instanceof Error ? error.message : String(error));
  }
}

function rateOf(value: number, isHours: boolean, text: string): Schedule {
  if (isHours && value >= RATE_HOURS_MIN && value <= RATE_DAYS_MAX * 24) return { kind: 'hours', hours: value };
  if (!isHours && value >= 1 && value <= RATE_DAYS_MAX) return { kind: 'days', days: value };
  throw unreadable(text, `the rate must be ${RATE_HOURS_MIN} hours to ${RATE_DAYS_MAX} days`);
}

function durationHours({ duration }: Rules): number | null {
  return duration === undefined ? null : Number.parseInt(duration, 10);
}

function isHourly(schedule: Schedule | null): boolean {
  return schedule?.kind === 'hours' || (schedule?.kind === 'cron' && schedule.cron.hours.size > 1);
}

function startOf(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs;
}

function unreadable(text: string, why: string): Error {
  return invalidParameter(`ScheduleExpression '${text}' is not valid: ${why}.`);
}
