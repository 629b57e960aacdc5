/**
 * The alarm of a broken audit: one halt for each finding, for as long as the queue takes to have it.
 */

import { describe, expect, it } from 'vitest';
import { createAuditAlarm, watchAppends } from '../../../../local/host/audit-alarm.ts';
import { DatabaseError } from '../../../../shared/adapters/postgres/connection/database-error.ts';
import { type CommandData, commandId, commandV2 } from '../../../../shared/contracts/command.v2.ts';
import type { ChainFinding } from '../../../../shared/domain/audit/verify.ts';
import { SILENT } from '../../../support/page/page-fixture.ts';
import { command } from '../../../support/trading/messages.ts';
import { stepClock } from '../../../support/core/step-clock.ts';

const FINDING: ChainFinding = { chain: 'run-1/risk', sequence: 5, problem: 'altered', detail: 'd'.repeat(300) };

function bench({ refusals = 0 } = {}) {
  const clock = stepClock();
  const sent: CommandData[] = [];
  let left = refusals;
  const send = async (given: CommandData) => {
    if (left > 0) {
      left -= 1;
      throw new Error('queue away');
    }
    sent.push(given);
  };
  return { clock, sent, alarm: createAuditAlarm({ send, clock, logger: SILENT }) };
}

describe('the audit alarm', () => {
  it('halts with the cause of its own, and a reason that the contract takes', async () => {
    const { alarm, clock, sent } = bench();
    alarm.raise(FINDING);
    await clock.advance(0);
    expect(sent).toMatchObject([{ command: 'halt', cause: 'AUDIT_FAILED', operator: 'audit' }]);
    expect(commandV2.schema.safeParse(command(sent[0])).success).toBe(true);
    expect(sent[0]?.reason).toContain('run-1/risk, entry 5 altered');
  });

  it('is raised once for one finding, and again for another', async () => {
    const { alarm, clock, sent } = bench();
    for (const finding of [FINDING, FINDING, { ...FINDING, sequence: 6 }]) alarm.raise(finding);
    await clock.advance(0);
    expect(sent).toHaveLength(2);
  });

  it('asks for each finding of one millisecond under an id of its own, apart from an operator’s halt', async () => {
    const { alarm, clock, sent } = bench();
    for (const chain of ['run-1/risk', 'run-1/fills']) alarm.raise({ ...FINDING, chain });
    await clock.advance(0);
    const byHand = { ...sent[0]!, cause: 'OPERATOR_HALT', operator: 'page' } as CommandData;
    const ids = [...sent, byHand].map((each) => commandId('run-1', each));
    expect(new Set(ids).size).toBe(3);
    expect(commandId('run-1', { ...byHand })).toBe(ids[2]);
  });

  it('does not give up while the queue is away', async () => {
    const { alarm, clock, sent } = bench({ refusals: 3 });
    alarm.raise(FINDING);
    for (let second = 0; second < 4; second += 1) await clock.advance(1_000);
    expect(sent).toHaveLength(1);
  });
});

describe('an append that meets an entry it does not know of', () => {
  const failing = (error: Error) => ({
    transaction: () => Promise.reject(error),
    close: () => Promise.resolve(),
  });
  const conflict = (constraint: string) =>
    new DatabaseError('duplicate key', {
      code: '23505',
      retryable: false,
      cause: { constraint, detail: 'Key (chain, sequence)=(run-1/risk, 5) already exists.' },
    });

  it('raises the alarm and fails as before; another conflict only fails', async () => {
    const findings: ChainFinding[] = [];
    const alarm = { raise: (finding: ChainFinding) => void findings.push(finding) };
    const taken = conflict('audit_log_pkey');
    await expect(watchAppends(failing(taken), alarm).transaction(async () => null)).rejects.toBe(taken);
    expect(findings).toMatchObject([{ chain: 'run-1/risk', sequence: 5, problem: 'inserted' }]);
    const other = conflict('orders_pkey');
    await expect(watchAppends(failing(other), alarm).transaction(async () => null)).rejects.toBe(other);
    expect(findings).toHaveLength(1);
  });
});
