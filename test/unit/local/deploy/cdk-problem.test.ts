/**
 * A failed CDK call becomes what is wrong and what to do next.
 */

import { describe, expect, it } from 'vitest';
import { explainCdk } from '../../../../local/deploy/cdk-problem.ts';
import { emulatorPlace, type Place } from '../../../../local/deploy/place.ts';

const EMULATOR = emulatorPlace('http://127.0.0.1:4577', 'us-east-1');
const AWS: Place = { endpoint: null, account: '123456789012', region: 'eu-west-1' };

describe('how a failed CDK call is reported', () => {
  it.each([
    {
      output: 'Unable to resolve AWS account to use. It must be either configured when you define your CDK Stack',
      wrong: 'no AWS credentials',
      fix: 'aws sso login',
    },
    {
      output: 'The security token included in the request is invalid',
      wrong: 'credentials are expired or not valid',
      fix: 'log in again',
    },
    {
      output:
        "SSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been bootstrapped? Please run 'cdk bootstrap'",
      wrong: 'account 123456789012 is not bootstrapped for the CDK in eu-west-1',
      fix: './jules deploy again, which bootstraps',
    },
    {
      output: 'jules-paper-messaging | CREATE_FAILED | AWS::SQS::Queue | minutes.fifo already exists',
      wrong: 'belongs to no stack of ours: minutes.fifo',
      fix: 'delete it or rename it',
    },
    { output: 'connect ETIMEDOUT 10.0.0.1:443', wrong: 'AWS in eu-west-1 stopped answering', fix: 'check the network' },
    {
      output:
        'alarmEmail is not set; pass -c alarmEmail=VALUE\nimageTag is not set; pass -c imageTag=VALUE\napp.ts exited with 1',
      wrong:
        'refuse their settings:\n  alarmEmail is not set; give --set alarmEmail=VALUE\n  imageTag is not set; give --set imageTag=VALUE',
      fix: 'give what it names',
    },
  ])('$wrong', ({ output, wrong, fix }) => {
    const problem = explainCdk('deploy', output, AWS);
    expect(problem.message).toContain(wrong);
    expect(problem.fix).toContain(fix);
  });

  it('names the emulator that stopped answering', () => {
    const problem = explainCdk('deploy', 'Error: connect ECONNREFUSED 127.0.0.1:4577', EMULATOR);
    expect(problem.message).toContain('http://127.0.0.1:4577 stopped answering');
  });

  it('shows the resources that failed when nothing is known about why', () => {
    const output = 'a | UPDATE_FAILED | AWS::Lambda::Function | out of memory\nmuch\nmore\ntext';
    const problem = explainCdk('deploy', output, EMULATOR);
    expect(problem.message).toContain('cdk deploy failed\n  a | UPDATE_FAILED');
    expect(problem.message).not.toContain('much');
  });

  it('shows the end of the output when not even that is there', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const { message } = explainCdk('synth', lines.join('\n'), EMULATOR);
    expect(message).toContain('line 39');
    expect(message).not.toContain('line 5\n');
  });
});
