/**
 * A deployment with too few settings or nonsense says which key, what it was and what to pass.
 */

import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../stacks/settings.ts';
import { LOCAL, PAPER } from '../../support/stack/stacks.ts';

const read = (context: Record<string, unknown>, env: Record<string, string> = {}) =>
  readSettings((key) => context[key], env);

describe('settings of a deployment', () => {
  it('take account and region from the credentials in use, and what is passed before those', () => {
    const env = { CDK_DEFAULT_ACCOUNT: '444455556666', CDK_DEFAULT_REGION: 'eu-west-1' };
    expect(read({ stage: 'local' }, env)).toMatchObject({ account: '444455556666', region: 'eu-west-1' });
    expect(read(LOCAL, env)).toMatchObject({ account: '000000000000', region: 'us-east-1' });
  });

  it('know nothing of AWS on an emulator, and begin modestly on AWS', () => {
    expect(read(LOCAL).aws).toBeNull();
    expect(read(PAPER).aws).toMatchObject({ egress: 'nat', multiAz: false, gpuMax: 2, imageTag: '1.2.3' });
  });

  it('are arm64 on AWS, and on an emulator what this machine is', () => {
    expect(read(PAPER).architecture).toBe('arm64');
    expect(read(LOCAL).architecture).toBe(process.arch === 'arm64' ? 'arm64' : 'x64');
  });

  it('leave out what they are asked to, on an emulator', () => {
    const { has } = read({ ...LOCAL, skip: 'math,rotation' });
    expect([has('math'), has('rotation'), has('keys')]).toEqual([false, false, true]);
  });

  it.each([
    [{}, 'stage is not set'],
    [{ ...LOCAL, account: '1234' }, 'account is "1234": is not twelve digits; pass -c account=VALUE'],
    [{ ...LOCAL, region: 'Frankfurt' }, 'region is "Frankfurt": is not a region, such as us-east-1'],
    [{ ...LOCAL, timing: 'slow' }, 'timing is "slow"'],
    [{ ...LOCAL, skip: 'maths' }, 'skip is "maths"'],
    [{ ...LOCAL, endpoint: 'localhost' }, 'endpoint is "localhost"'],
    [{ ...LOCAL, timing: 'fast-redelivery' }, 'timing is "fast-redelivery"'],
    [{ ...PAPER, multiAz: 'yes' }, 'multiAz is "yes"'],
    [{ ...PAPER, egress: 'internet' }, 'egress is "internet"'],
    [{ ...PAPER, alarmEmail: undefined, imageTag: undefined }, 'alarmEmail is not set'],
    [{ ...PAPER, alarmEmail: undefined, imageTag: undefined }, 'imageTag is not set'],
    [{ ...PAPER, skip: 'rotation' }, "skip is 'rotation': stage paper is AWS and leaves nothing out"],
    [{ ...PAPER, endpoint: 'http://127.0.0.1:1' }, "endpoint is 'http://127.0.0.1:1': stage paper is AWS"],
  ])('refuse %j and say why', (context, message) => {
    expect(() => read(context)).toThrow(message);
  });
});
