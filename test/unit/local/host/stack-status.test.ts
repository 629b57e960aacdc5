/**
 * What the page learns of a starting, running and failed stack.
 */

import { describe, expect, it } from 'vitest';
import { createReadiness } from '../../../../local/host/readiness.ts';
import { createStackStatus } from '../../../../local/host/stack-status.ts';
import type { StackFile } from '../../../../shared/runtime/stack-file.ts';
import type { StatusFile } from '../../../../shared/runtime/status-file.ts';
import { runConfig } from '../../../support/core/core.ts';

const stack: StackFile = {
  format: 1,
  supervisorPid: 1,
  startedAtMs: 5,
  kind: 'replay',
  stage: 'default',
  ports: { secrets: 6, postgres: 1, queues: 2, page: 3, runner: 4, gateway: 5 },
  messaging: { kind: 'embedded' },
  run: { ...runConfig(), symbols: ['AAPL'] },
  source: { kind: 'csv', barsDir: 'bars', sessions: [20_250_103, 20_250_106] },
  clock: { kind: 'speed', factor: 60 },
  exitWhenDone: true,
};

function setUp(file: Partial<StatusFile> | null) {
  const readiness = createReadiness();
  const base: StatusFile = { format: 1, updatedAtMs: 0, phase: 'running', waitingFor: '', parts: [] };
  const current: { file: StatusFile | null } = { file: file && { ...base, ...file } };
  const status = createStackStatus({ stack, readiness, readStatusFile: () => current.file, notices: () => [] });
  const becomeReady = () => (['queues', 'database', 'functions'] as const).forEach((part) => readiness.markUp(part));
  return { status, current, base, becomeReady };
}

describe('the status of a stack', () => {
  it('starts while the host waits, and names what it waits for', () => {
    const { status } = setUp(null);
    expect(status()).toMatchObject({ phase: 'starting', waitingFor: 'queues', parts: [] });
  });

  it('starts while the supervisor waits for a process', () => {
    const { status, becomeReady } = setUp({ phase: 'starting', waitingFor: 'gateway' });
    becomeReady();
    expect(status()).toMatchObject({ phase: 'starting', waitingFor: 'gateway' });
  });

  it('runs once everything is up, and stays running when a process is started again', () => {
    const { status, current, base, becomeReady } = setUp({});
    becomeReady();
    expect(status()).toMatchObject({ phase: 'running', waitingFor: '' });
    const parts = [{ name: 'gateway', state: 'down' as const, detail: 'was ended by SIGKILL' }];
    current.file = { ...base, phase: 'starting', waitingFor: 'gateway', parts };
    expect(status()).toMatchObject({ phase: 'running', waitingFor: '', parts });
  });

  it.each([
    [{ kind: 'generated', seed: 1, startSession: 20_260_105 }, 'generated market', null],
    [{ kind: 'csv', barsDir: 'bars', sessions: [20_250_103, 20_250_106] }, 'recorded bars', 20_250_106],
    [{ kind: 'wire', host: 'localhost' }, 'wire', null],
  ])('names the market of %o', (source, text, lastSession) => {
    const sources = { readiness: createReadiness(), readStatusFile: () => null, notices: () => [] };
    const status = createStackStatus({ ...sources, stack: { ...stack, source } });
    expect(status()).toMatchObject({ source: text, lastSession });
  });

  it('fails with the reason the supervisor gives', () => {
    const { status, current, base, becomeReady } = setUp({});
    becomeReady();
    current.file = { ...base, phase: 'failed', waitingFor: 'gateway exited with code 1' };
    expect(status()).toMatchObject({ phase: 'failed', waitingFor: 'gateway exited with code 1' });
  });

  it('says which run it is, where its bars come from, how fast and until when', () => {
    expect(setUp(null).status()).toMatchObject({
      kind: 'replay',
      startedAtMs: 5,
      run: { runId: 'run-1' },
      source: 'recorded bars',
      pace: { kind: 'speed', factor: 60 },
      lastSession: 20_250_106,
    });
  });
});
