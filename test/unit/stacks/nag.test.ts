/**
 * The stacks for AWS keep the rules of AwsSolutions, and a stack that did not would not get out.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { FEATURE_FLAGS } from '../../../stacks/feature-flags.ts';
import { checkRules } from '../../../stacks/nag.ts';
import { PAPER, synthesize } from '../../support/stack/stacks.ts';

const TIMEOUT_MS = 60_000;

const outdir = mkdtempSync(join(tmpdir(), 'jules-nag-'));
afterAll(() => rmSync(outdir, { recursive: true }));

describe('the checks of a synthesis for AWS', () => {
  it.each([
    ['NAT', {}],
    ['endpoints and a second zone', { egress: 'endpoints', multiAz: 'true' }],
  ])('find nothing with %s', { timeout: TIMEOUT_MS }, (_, parameters) => {
    expect(() => synthesize({ ...PAPER, ...parameters }, checkRules)).not.toThrow();
  });

  it('stop a queue without dead letters and TLS, naming it', { timeout: TIMEOUT_MS }, () => {
    const app = new App({ context: FEATURE_FLAGS, outdir, builtinCloudFormationValidation: false });
    new Queue(new Stack(app, 'one'), 'Bare');
    checkRules(app);
    expect(() => app.synth()).toThrow(/one\/Bare[^]*AwsSolutions-SQS3[^]*AwsSolutions-SQS4/);
  });
});
