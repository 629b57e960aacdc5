/**
 * What a function reads from its environment, and what it says when that makes no sense.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readFunctionSettings,
  readRotationSettings,
  readRunnerUrl,
} from '../../../../shared/runtime/function-settings.ts';

describe('the settings of a function', () => {
  let folder = '';
  let environment: Record<string, string | undefined> = {};
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jules-settings-'));
    writeFileSync(join(folder, 'password'), 'open sesame\n');
    environment = {
      AWS_REGION: 'eu-central-1',
      JULES_PG_HOST: 'db.internal',
      JULES_PG_DATABASE: 'jules',
      JULES_PG_USER: 'jules_app',
      JULES_PG_PASSWORD_FILE: join(folder, 'password'),
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('come from its environment, the password from the file that is named there', () => {
    expect(readFunctionSettings({ ...environment, JULES_PG_PORT: '6000', JULES_LOG: 'debug' })).toEqual({
      region: 'eu-central-1',
      stage: 'default',
      logLevel: 'debug',
      postgres: {
        host: 'db.internal',
        port: 6_000,
        database: 'jules',
        user: 'jules_app',
        password: 'open sesame',
        poolMax: 2,
      },
    });
    expect(readRunnerUrl({ JULES_RUNNER_URL: 'http://runner:4800' })).toBe('http://runner:4800');
  });

  it('of rotation name the secret of the administrator, and need it', () => {
    const rotation = { AWS_REGION: 'eu-central-1', JULES_ADMIN_SECRET: 'jules/database/admin', JULES_LOG: 'debug' };
    expect(readRotationSettings(rotation)).toEqual({
      region: 'eu-central-1',
      logLevel: 'debug',
      adminSecret: 'jules/database/admin',
    });
    const read = () => readRotationSettings({ ...rotation, JULES_ADMIN_SECRET: '' });
    expect(read).toThrow(/^JULES_ADMIN_SECRET is '': set it to something like jules\/database\/admin/);
  });

  it('have the usual port and stage where none is named', () => {
    expect(readFunctionSettings(environment)).toMatchObject({ stage: 'default', postgres: { port: 5_432 } });
  });

  it.each(['AWS_REGION', 'JULES_PG_HOST', 'JULES_PG_DATABASE', 'JULES_PG_USER', 'JULES_PG_PASSWORD_FILE'])(
    'name what is missing: %s',
    (name) => {
      const read = () => readFunctionSettings({ ...environment, [name]: undefined });
      expect(read).toThrow(new RegExp(`^${name} is not set: set it to something like `));
    },
  );

  it.each([
    { name: 'JULES_PG_PORT', value: 'http', fix: 'something like 5432' },
    { name: 'JULES_PG_PORT', value: '70000', fix: 'something like 5432' },
    { name: 'JULES_STAGE', value: 'production', fix: 'default or fast-redelivery' },
    { name: 'JULES_PG_HOST', value: '', fix: 'something like db.internal' },
  ])('name what makes no sense: $name = $value', ({ name, value, fix }) => {
    const read = () => readFunctionSettings({ ...environment, [name]: value });
    expect(read).toThrow(`${name} is '${value}'`);
    expect(read).toThrow(fix);
  });

  it('name a password file that is not there or empty, and never show a password', () => {
    const path = join(folder, 'absent');
    expect(() => readFunctionSettings({ ...environment, JULES_PG_PASSWORD_FILE: path })).toThrow(
      `JULES_PG_PASSWORD_FILE is '${path}', which cannot be read`,
    );
    writeFileSync(path, '\n');
    expect(() => readFunctionSettings({ ...environment, JULES_PG_PASSWORD_FILE: path })).toThrow('which is empty');
  });

  it('take a runner by HTTP only', () => {
    expect(() => readRunnerUrl({})).toThrow('JULES_RUNNER_URL is not set');
    expect(() => readRunnerUrl({ JULES_RUNNER_URL: 'file:///etc/passwd' })).toThrow("is 'file:///etc/passwd'");
  });
});
