/**
 * What a function reads from its environment, and what it says when that makes no sense.
 */

import { describe, expect, it } from 'vitest';
import {
  readFunctionSettings,
  readRotationSettings,
  readRunnerSettings,
} from '../../../../shared/runtime/function-settings.ts';

const ENVIRONMENT = { AWS_REGION: 'eu-central-1', JULES_DATABASE_SECRET: 'jules/database/app' };
const RUNNER = { JULES_RUNNER_URL: 'http://runner:4800', JULES_RUNNER_SECRET: 'jules/runner/token' };

describe('the settings of a function', () => {
  it('come from its environment, which names secrets and holds none', () => {
    expect(readFunctionSettings({ ...ENVIRONMENT, JULES_STAGE: 'fast-redelivery', JULES_LOG: 'debug' })).toEqual({
      region: 'eu-central-1',
      stage: 'fast-redelivery',
      logLevel: 'debug',
      databaseSecret: 'jules/database/app',
    });
    expect(readRunnerSettings(RUNNER)).toEqual({ url: 'http://runner:4800', secret: 'jules/runner/token' });
  });

  it('of rotation name the secret of the administrator, and need it', () => {
    const rotation = { AWS_REGION: 'eu-central-1', JULES_ADMIN_SECRET: 'jules/database/admin', JULES_LOG: 'debug' };
    expect(readRotationSettings(rotation)).toEqual({
      region: 'eu-central-1',
      stage: 'default',
      logLevel: 'debug',
      adminSecret: 'jules/database/admin',
    });
    const read = () => readRotationSettings({ ...rotation, JULES_ADMIN_SECRET: '' });
    expect(read).toThrow(/^JULES_ADMIN_SECRET is '': set it to something like jules\/database\/admin/);
  });

  it('have the usual stage where none is named', () => {
    expect(readFunctionSettings(ENVIRONMENT).stage).toBe('default');
  });

  it.each(['AWS_REGION', 'JULES_DATABASE_SECRET'])('name what is missing: %s', (name) => {
    const read = () => readFunctionSettings({ ...ENVIRONMENT, [name]: undefined });
    expect(read).toThrow(new RegExp(`^${name} is not set: set it to something like `));
  });

  it.each([
    { name: 'JULES_STAGE', value: 'production', fix: 'default or fast-redelivery' },
    { name: 'JULES_DATABASE_SECRET', value: '', fix: 'something like jules/database/app' },
  ])('name what makes no sense: $name = $value', ({ name, value, fix }) => {
    const read = () => readFunctionSettings({ ...ENVIRONMENT, [name]: value });
    expect(read).toThrow(`${name} is '${value}'`);
    expect(read).toThrow(fix);
  });

  it('take a runner by HTTP only, and the secret of its token', () => {
    expect(() => readRunnerSettings({})).toThrow('JULES_RUNNER_URL is not set');
    expect(() => readRunnerSettings({ ...RUNNER, JULES_RUNNER_URL: 'file:///etc/passwd' })).toThrow(
      "is 'file:///etc/passwd'",
    );
    expect(() => readRunnerSettings({ ...RUNNER, JULES_RUNNER_SECRET: undefined })).toThrow(
      'JULES_RUNNER_SECRET is not set',
    );
  });
});
