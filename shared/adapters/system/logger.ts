/**
 * Log lines as JSON on stderr; stdout belongs to data. Fields that would hold a secret are cut out.
 */

import { pino } from 'pino';
import type { Logger } from '../../ports/logger.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** The process that writes. */
  readonly name: string;
  readonly level?: LogLevel;
  /** Where lines go; stderr unless given. */
  readonly destination?: { write(line: string): void };
}

const SECRET_FIELDS = [
  'password',
  'token',
  'pageToken',
  'secret',
  'secretAccessKey',
  'authorization',
  'connectionString',
];
const STDERR = 2;

export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      base: { pid: process.pid },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[secret]' },
    },
    options.destination ?? pino.destination({ fd: STDERR, sync: true }),
  );
}

/** The level a person asked for in JULES_LOG. Throws RangeError naming the value and the choices. */
export function parseLogLevel(value: string | undefined): LogLevel {
  if (value === undefined || value === '') return 'info';
  const level = LOG_LEVELS.find((known) => known === value);
  if (level === undefined) throw new RangeError(`JULES_LOG is '${value}': use one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
