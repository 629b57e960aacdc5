/**
 * `cdk synth` as an operator runs it: for AWS it is clean, and what is not does not get out.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { afterAll, describe, expect, it } from 'vitest';
import { FEATURE_FLAGS } from '../../../stacks/feature-flags.ts';
import { checkTemplates } from '../../../stacks/nag.ts';
import { PAPER, synthesize } from '../../support/stack/stacks.ts';

const WITH_NODE = join(import.meta.dirname, '../../../scripts/with-node');
const folder = mkdtempSync(join(tmpdir(), 'jules-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('cdk synth', () => {
  it('writes seven templates for AWS, which break no rule of AwsSolutions', () => {
    const output = join(folder, 'paper');
    const pairs = Object.entries(PAPER).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    execFileSync(WITH_NODE, ['cdk', 'synth', '--quiet', '--output', output, ...pairs], { stdio: 'pipe' });
    expect(readdirSync(output).filter((file) => file.endsWith('.template.json'))).toHaveLength(7);
    const report = JSON.parse(readFileSync(join(output, 'validation-report.json'), 'utf8')) as {
      pluginReports: unknown[];
    };
    expect(report.pluginReports).toEqual([]);
  });

  it('says what is missing, and fails', () => {
    const synth = () => execFileSync(WITH_NODE, ['cdk', 'synth', '-c', 'stage=paper'], { stdio: 'pipe' });
    expect(synth).toThrow(/^account is not set; pass -c account=VALUE$/m);
  });

  it.each(['nat', 'endpoints'])('writes nothing that CloudFormation would refuse, with %s', (egress) => {
    expect(() => synthesize({ ...PAPER, egress }, checkTemplates)).not.toThrow();
  });

  it('stops a property that CloudFormation does not know', () => {
    const outdir = join(folder, 'odd');
    const app = new App({ context: FEATURE_FLAGS, outdir, builtinCloudFormationValidation: false });
    const properties = { TopicNmae: 'x' };
    new CfnResource(new Stack(app, 'one'), 'Odd', { type: 'AWS::SNS::Topic', properties });
    checkTemplates(app);
    expect(() => app.synth()).toThrow(/TopicNmae/);
  });
});
