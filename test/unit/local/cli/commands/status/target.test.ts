/**
 * What `status` says of the active target, and the next step where it is not whole.
 */

import { describe, expect, it } from 'vitest';
import { targetLine, type TargetStatus } from '../../../../../../local/cli/commands/status/target.ts';

const DEPLOYED: TargetStatus = {
  target: 'ministack',
  endpoint: 'http://127.0.0.1:4577',
  account: '000000000000',
  region: 'us-east-1',
  stage: 'local',
  state: 'deployed',
  functions: 'target',
  since: '2026-11-28T03:00:00.000Z',
};

describe('the active target in one line', () => {
  it.each<[Partial<TargetStatus> | null, string]>([
    [null, 'target embedded'],
    [
      {},
      'target MiniStack at http://127.0.0.1:4577, region us-east-1, stage local: deployed since 2026-11-27 22:00:00 ET',
    ],
    [{ target: 'localstack', functions: 'host' }, 'its queues polled by our host'],
    [{ state: 'deploying' }, 'half deployed, ./jules deploy --target ministack repairs'],
    [{ state: 'destroying' }, 'half destroyed, ./jules destroy goes on'],
    [{ state: 'gone' }, 'nobody listens there any more, ./jules deploy --target ministack repairs'],
    [{ target: 'aws', endpoint: null, account: '123456789012', stage: 'paper' }, 'target AWS at account 123456789012'],
  ])('%j', (changes, says) => {
    expect(targetLine(changes === null ? null : { ...DEPLOYED, ...changes })).toContain(says);
  });
});
