/**
 * When rotation windows open and close, in UTC, as the user guide of Secrets Manager has it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../../../../local/emulators/secrets-manager/aws-error.ts';
import {
  checkRules,
  nextWindowMs,
  windowEndMs,
} from '../../../../../../local/emulators/secrets-manager/rotation/schedule.ts';

/** A Monday. */
const LAST = Date.parse('2026-01-05T10:17:00Z');

function next(rules: Parameters<typeof nextWindowMs>[0], from = LAST): string | null {
  const ms = nextWindowMs(rules, from);
  return ms === null ? null : new Date(ms).toISOString().slice(0, 16);
}

function cron(text: string): string | null {
  return next({ scheduleExpression: `cron(${text})` });
}

function end(rules: Parameters<typeof nextWindowMs>[0]): string {
  return new Date(windowEndMs({ rules, nextMs: nextWindowMs(rules, LAST) }) ?? 0).toISOString().slice(0, 19);
}

describe('the next window', () => {
  it('opens at midnight after so many days', () => {
    expect(next({ automaticallyAfterDays: 7 })).toBe('2026-01-12T00:00');
    expect(next({ scheduleExpression: 'rate(1 day)' })).toBe('2026-01-06T00:00');
    expect(next({ scheduleExpression: 'rate(10 days)' })).toBe('2026-01-15T00:00');
  });

  it('opens on the hour after so many hours', () => {
    expect(next({ scheduleExpression: 'rate(4 hours)' })).toBe('2026-01-05T14:00');
    expect(next({ scheduleExpression: 'rate(36 hours)' })).toBe('2026-01-06T22:00');
  });

  it('is not there without a schedule', () => {
    expect(next({})).toBeNull();
    expect(windowEndMs({ rules: {}, nextMs: null })).toBeNull();
  });

  it.each([
    // The examples of the user guide.
    ['0 8 * * ? *', '2026-01-06T08:00'],
    ['0 8/8 * * ? *', '2026-01-05T16:00'],
    ['0 2/10 * * ? *', '2026-01-05T12:00'],
    ['0 4/12 * * ? *', '2026-01-05T16:00'],
    ['0 0 ? * SAT *', '2026-01-10T00:00'],
    ['0 8 1 * ? *', '2026-02-01T08:00'],
    ['0 1 1 1/3 ? *', '2026-04-01T01:00'],
    ['0 23 31 DEC ? *', '2026-12-31T23:00'],
    ['0 16 L * ? *', '2026-01-31T16:00'],
    ['0 0 ? * SUN#1 *', '2026-02-01T00:00'],
    ['0 0 ? * 2#2 *', '2026-01-12T00:00'],
    ['0 0 ? * 5L *', '2026-01-29T00:00'],
    ['0 0 ? * FRIL *', '2026-01-30T00:00'],
    ['0 0 ? * L *', '2026-01-10T00:00'],
    ['0 6 ? * MON-FRI *', '2026-01-06T06:00'],
    ['0 10,11 * * ? *', '2026-01-05T11:00'],
    ['0 12 15 JAN,JUL ? *', '2026-01-15T12:00'],
    ['0 0 29 2 ? *', '2028-02-29T00:00'],
    ['0 0 ? 2 2#5 *', '2044-02-29T00:00'],
    ['0 0 30 2 ? *', null],
  ])('by cron(%s) opens at %s', (text, expected) => {
    expect(cron(text)).toBe(expected);
  });

  it('by cron is always later, on the hour, and the first of its kind', () => {
    const hours = fc.integer({ min: 0, max: 23 });
    const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(hours, moment, (hour, fromMs) => {
        const nextMs = nextWindowMs({ scheduleExpression: `cron(0 ${hour} * * ? *)` }, fromMs) ?? 0;
        expect(nextMs).toBeGreaterThan(fromMs);
        expect(nextMs - fromMs).toBeLessThanOrEqual(86_400_000);
        expect(new Date(nextMs).toISOString().slice(11)).toBe(`${String(hour).padStart(2, '0')}:00:00.000Z`);
      }),
    );
  });
});

describe('the window', () => {
  it('closes at the end of the day, of the hour, or after its duration', () => {
    expect(end({ automaticallyAfterDays: 7 })).toBe('2026-01-12T23:59:59');
    expect(end({ scheduleExpression: 'cron(0 8 * * ? *)' })).toBe('2026-01-06T23:59:59');
    expect(end({ scheduleExpression: 'rate(4 hours)' })).toBe('2026-01-05T14:59:59');
    expect(end({ scheduleExpression: 'cron(0 8/8 * * ? *)' })).toBe('2026-01-05T16:59:59');
    expect(end({ scheduleExpression: 'cron(0 8 * * ? *)', duration: '3h' })).toBe('2026-01-06T10:59:59');
  });
});

describe('rules that cannot be', () => {
  it.each([
    'rate(0 days)',
    'rate(3 hours)',
    'rate(1000 days)',
    'rate(5 weeks)',
    'at(2026-01-01)',
    'cron(* 8 * * ? *)',
    'cron(0 8 * * ? 2026)',
    'cron(0 8 * * * *)',
    'cron(0 8 ? * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 8 0 * ? *)',
    'cron(0 8 32 * ? *)',
    'cron(0 8 * 13 ? *)',
    'cron(0 8 ? * 8 *)',
    'cron(0 8 ? * MON#6 *)',
    'cron(0 8 ? * XYZ *)',
    'cron(0 8-2 * * ? *)',
    'cron(0 8/0 * * ? *)',
    'cron(0 *-4 * * ? *)',
    'cron(0 8,, * * ? *)',
    'cron(0 8 * ?)',
    'cron()',
  ])('%s is refused with a reason', (scheduleExpression) => {
    expect(() => checkRules({ scheduleExpression })).toThrow(AwsError);
    expect(() => checkRules({ scheduleExpression })).toThrow(scheduleExpression.split('(')[0]);
  });

  it('are two schedules at once, and windows longer than their interval', () => {
    expect(() => checkRules({ automaticallyAfterDays: 1, scheduleExpression: 'rate(1 day)' })).toThrow(AwsError);
    expect(() => checkRules({ scheduleExpression: 'rate(4 hours)', duration: '5h' })).toThrow('1h to 4h');
    expect(() => checkRules({ scheduleExpression: 'rate(4 hours)', duration: '4h' })).not.toThrow();
    expect(() => checkRules({ duration: '4h' })).toThrow(AwsError);
  });
});
