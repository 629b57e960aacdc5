/**
 * Log lines: levels, children, errors with their cause.
 */

import { describe, expect, it } from 'vitest';
import { createLogger, parseLogLevel } from '../../../../../shared/adapters/system/logger.ts';

function logTo(lines: string[], level: 'debug' | 'warn' = 'debug') {
  return createLogger({ name: 'host', level, destination: { write: (line) => void lines.push(line) } });
}

describe('a log line', () => {
  it('is one JSON object with process, level, fields and message', () => {
    const lines: string[] = [];
    logTo(lines).child({ consumer: 'risk' }).info({ messageId: 'a' }, 'handled');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      name: 'host',
      level: 30,
      consumer: 'risk',
      messageId: 'a',
      msg: 'handled',
    });
  });

  it('holds no secret, wherever the field stands', () => {
    const lines: string[] = [];
    const secrets = { password: 's3cret', headers: { authorization: 's3cret' }, a: { b: { token: 's3cret' } } };
    logTo(lines).warn({ ...secrets, pageToken: 's3cret' }, 'refused');
    expect(lines[0]).not.toContain('s3cret');
    expect(lines[0]).toContain('[secret]');
  });

  it('shows an error with its cause', () => {
    const lines: string[] = [];
    logTo(lines).error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    expect(lines[0]).toContain('outer: inner');
  });

  it('is left out below the level', () => {
    const lines: string[] = [];
    logTo(lines, 'warn').info({}, 'quiet');
    expect(lines).toEqual([]);
  });
});

describe('the level in JULES_LOG', () => {
  it('is info unless given', () => {
    expect([parseLogLevel(undefined), parseLogLevel(''), parseLogLevel('debug')]).toEqual(['info', 'info', 'debug']);
  });

  it('is refused with the choices when it is unknown', () => {
    expect(() => parseLogLevel('loud')).toThrow("JULES_LOG is 'loud': use one of debug, info, warn, error, silent");
  });
});
