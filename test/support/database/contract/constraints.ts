/**
 * The contract of what may not be stored: refused with the same code everywhere, and nothing of its transaction stays.
 */

import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../../../shared/ports/repositories/decisions.ts';
import type { Repositories } from '../../../../shared/ports/repositories.ts';
import { runConfig } from '../../core/core.ts';
import { auditEntry } from '../audit-rows.ts';
import { feeds } from '../feeds.ts';
import { accountRow, dailyBar, decision, equityRow, fill, order, positionRow } from '../trading-rows.ts';
import type { Bench } from './bench.ts';

interface Refused {
  readonly what: string;
  readonly code: string;
  readonly write: (repositories: Repositories, runId: string) => Promise<unknown>;
}

const CHECK_FAILED = '23514';
const NO_INTEGER = '22P02';

const decide = ({ decisions }: Repositories, runId: string, overrides: Parameters<typeof decision>[0]) =>
  decisions.add({ runId, cause: 'minute', decision: decision(overrides), signal: null });
const account = (runId: string, overrides: Parameters<typeof accountRow>[0]) => accountRow({ runId, ...overrides });

const REFUSED: readonly Refused[] = [
  {
    what: 'a run of no known kind',
    code: CHECK_FAILED,
    write: ({ runs }, runId) => runs.create(runConfig({ runId }), 'live' as 'paper'),
  },
  {
    what: 'a run on no known market',
    code: CHECK_FAILED,
    write: ({ runs }, runId) => runs.create(runConfig({ runId, market: 'mars' as 'ib' }), 'paper'),
  },
  {
    what: 'a run with no known broker',
    code: CHECK_FAILED,
    write: ({ runs }, runId) => runs.create(runConfig({ runId, broker: 'cousin' as 'simulated' }), 'paper'),
  },
  {
    what: 'a book that is opened with nothing',
    code: CHECK_FAILED,
    write: ({ runs }, runId) => runs.create(runConfig({ runId, accountUsdE4: 0 }), 'paper'),
  },
  {
    what: 'a session of half a minute more',
    code: NO_INTEGER,
    write: async ({ runs }, runId) => {
      await runs.create(runConfig({ runId }), 'paper');
      await runs.openSession({ runId, session: 20250103, minutes: 389.5, openMs: 1 }, feeds());
    },
  },
  {
    what: 'a decision of no known cause',
    code: CHECK_FAILED,
    write: ({ decisions }, runId) =>
      decisions.add({ runId, cause: 'whim' as DecisionRecord['cause'], decision: decision(), signal: null }),
  },
  {
    what: 'an order of no shares',
    code: CHECK_FAILED,
    write: (to, runId) => decide(to, runId, { orders: [order({ quantity: 0 })] }),
  },
  {
    what: 'an order of half a share',
    code: NO_INTEGER,
    write: (to, runId) => decide(to, runId, { orders: [order({ quantity: 1.5 })] }),
  },
  {
    what: 'an order of no known kind',
    code: CHECK_FAILED,
    write: (to, runId) => decide(to, runId, { orders: [order({ kind: 'HOPE' as 'ENTRY' })] }),
  },
  {
    what: 'an order on no known side',
    code: CHECK_FAILED,
    write: (to, runId) => decide(to, runId, { orders: [order({ side: 'HOLD' as 'BUY' })] }),
  },
  {
    what: 'an order of no known type',
    code: CHECK_FAILED,
    write: (to, runId) => decide(to, runId, { orders: [order({ type: 'WISH' as 'LIMIT' })] }),
  },
  {
    what: 'an equity that is no number',
    code: NO_INTEGER,
    write: (to, runId) => decide(to, runId, { equityE4: Number.NaN }),
  },
  {
    what: 'a fill of less than nothing',
    code: CHECK_FAILED,
    write: ({ execution }, runId) => execution.addFills(runId, [fill({ quantity: -1 })]),
  },
  {
    what: 'a fill at no price',
    code: CHECK_FAILED,
    write: ({ execution }, runId) => execution.addFills(runId, [fill({ priceE4: 0 })]),
  },
  {
    what: 'a fill between two units of price',
    code: NO_INTEGER,
    write: ({ execution }, runId) => execution.addFills(runId, [fill({ priceE4: 1.25 })]),
  },
  {
    what: 'a fill on no known side',
    code: CHECK_FAILED,
    write: ({ execution }, runId) => execution.addFills(runId, [fill({ side: 'HOLD' as 'BUY' })]),
  },
  {
    what: 'an order event between two milliseconds',
    code: NO_INTEGER,
    write: ({ execution }, runId) =>
      execution.addOrderEvents(runId, [{ orderRef: 'r', event: 'FILLED', eventMs: 0.5, detail: '' }]),
  },
  {
    what: 'an account with a fraction of a unit',
    code: NO_INTEGER,
    write: ({ accounts }, runId) => accounts.save(account(runId, { cashE4: 0.5 }), [], null),
  },
  {
    what: 'two positions in one symbol',
    code: '21000',
    write: ({ accounts }, runId) => accounts.save(account(runId, {}), [positionRow(), positionRow()], null),
  },
  {
    what: 'a drawdown that is no number',
    code: NO_INTEGER,
    write: ({ accounts }, runId) =>
      accounts.save(account(runId, {}), [], equityRow({ drawdownE4: Number.POSITIVE_INFINITY })),
  },
  {
    what: 'a daily bar with a fraction of a unit',
    code: NO_INTEGER,
    write: ({ dailyBars }, runId) => dailyBars.upsert([dailyBar({ symbol: runId, closeE4: 1.5 })]),
  },
  {
    what: 'volumes of half a share',
    code: NO_INTEGER,
    write: ({ volumes }, runId) => volumes.add(runId, 20250103, [{ symbol: 'AAPL', volumes: [1, 0.5] }]),
  },
  {
    what: 'a text with a NUL character',
    code: '22021',
    write: ({ decisions }, runId) =>
      decisions.riskEvent({ runId, eventMs: 1, kind: 'NOTE', detail: 'a\0b', outcome: null }),
  },
];

export function constraintsContract(bench: Bench): void {
  describe('what may not be stored', () => {
    it.each(REFUSED)('$what is refused, with everything of its transaction', async ({ code, write }) => {
      const { runId } = bench;
      const chain = `${runId}/risk`;
      const attempt = bench.inTransaction(async (repositories) => {
        await repositories.audit.append({ chain, causeId: '', entries: [auditEntry()] });
        await write(repositories, runId);
      });
      await expect(attempt).rejects.toMatchObject({ name: 'DatabaseError', code, retryable: false });
      expect(await bench.look.auditRows(chain)).toEqual([]);
      expect(await bench.look.decisionKeys(runId)).toEqual([]);
      expect(await bench.inTransaction(({ accounts }) => accounts.latest(runId))).toBeNull();
    });
  });
}
