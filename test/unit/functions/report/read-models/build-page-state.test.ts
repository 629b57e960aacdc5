/**
 * The state of the page: money that adds up, phases, limits, and nothing where nothing is known.
 */

import { describe, expect, it } from 'vitest';
import { buildPageState, emptyPageState } from '../../../../../functions/report/read-models/build-page-state.ts';
import type { PageState } from '../../../../../shared/read-models/page-state.ts';
import { SessionFold } from '../../../../../functions/report/read-models/session-fold.ts';
import { summarize } from '../../../../../functions/report/read-models/session-summary.ts';
import type { RunConfig } from '../../../../../shared/domain/run/run-config.ts';
import type { StackStatus } from '../../../../../shared/ports/stack-status.ts';
import { DAY_TWO, fakeStatus, SEVERAL_CAUSES } from '../../../../support/page/fake-report-views.ts';
import { FAKE_RUN, FakeSession } from '../../../../support/page/fake-session.ts';

const SESSION = new FakeSession(DAY_TWO);

function stateAt(
  minute: number,
  overrides: { live?: boolean; status?: Partial<StackStatus>; config?: Partial<RunConfig> } = {},
): PageState {
  const config = { ...FAKE_RUN, ...overrides.config };
  const fold = new SessionFold(SESSION.facts(minute, 0, 1), config.symbols, config.accountUsdE4);
  const status = fakeStatus(overrides.status);
  return buildPageState({
    status,
    record: { kind: 'paper', config, ledgerVersion: 'JL2' },
    fold,
    live: overrides.live ?? true,
  });
}

describe('money', () => {
  it('is after fees plus fees before fees, and equity minus the start after fees', () => {
    const money = stateAt(231).money!;
    expect(money.grossPnlUsd).toBeCloseTo(money.netPnlUsd + money.feesUsd, 9);
    expect(money.netPnlUsd).toBeCloseTo(money.equityUsd - money.startUsd, 9);
    expect(money.fills).toBeGreaterThan(0);
    expect(money.feesUsd).toBeGreaterThan(0);
  });

  it('says what is at stake and what buying and holding would have brought', () => {
    const { money, positions } = stateAt(231);
    const marked = positions.map(({ quantity, markUsd }) => quantity * (markUsd ?? 0));
    expect(money?.exposureUsd).toBeCloseTo(
      marked.reduce((sum, usd) => sum + usd),
      9,
    );
    expect(money?.exposureUsd).toBeGreaterThan(0);
    expect(money?.againstHoldUsd).toBeCloseTo(money!.netPnlUsd - money!.holdPnlUsd!, 9);
  });

  it('adds a short position to the exposure', () => {
    const facts = SESSION.facts(231, 0, 1);
    const [long, short] = facts.positions;
    const positions = [
      { ...long!, quantity: 3, markE4: 1_000_000 },
      { ...short!, quantity: -2, markE4: 500_000 },
    ];
    const fold = new SessionFold({ ...facts, positions }, FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
    const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
    expect(buildPageState({ status: fakeStatus(), record, fold, live: true }).money?.exposureUsd).toBe(400);
  });

  it('leaves out fills of a minute whose equity is not known yet', () => {
    const ahead = SESSION.facts(389, 0, 1);
    const equity = ahead.equity.filter((row) => row.minuteIndex < 60);
    const fold = new SessionFold({ ...ahead, equity }, FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
    const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
    const { money } = buildPageState({ status: fakeStatus(), record, fold, live: true });
    expect(money?.fills).toBe(SESSION.fills.filter((fill) => fill.minuteIndex < 60).length);
  });

  it('shows the limits of the profile: dollars under basic, the tighter fraction under enhanced', () => {
    expect(stateAt(10).money).toMatchObject({ dailyLossLimitUsd: 50, drawdownLimitUsd: 100 });
    const enhanced = stateAt(10, { config: { profile: 'enhanced' } }).money!;
    expect(enhanced.drawdownLimitUsd).toBeCloseTo((enhanced.equityUsd + enhanced.drawdownUsd) * 0.03, 2);
  });

  it('has no limit to show under bench', () => {
    const { money, series } = stateAt(10, { config: { profile: 'bench' } });
    expect(money).toMatchObject({ dailyLossLimitUsd: null, drawdownLimitUsd: null });
    expect(new Set(series.drawdownLimitUsd)).toEqual(new Set([null]));
  });

  it('has no win rate without a closed trade', () => {
    expect(stateAt(5).money).toMatchObject({ trades: 0, winRate: null, largestWinUsd: null });
  });
});

describe('the two drawdowns', () => {
  const facts = SESSION.facts(231, 0, 1);
  const deepest = (values: readonly number[]) => Math.max(...values) / 10_000;
  const { drawdownE4, limitDrawdownE4, equityE4 } = facts.equity.at(-1)!;

  it('are two numbers of the money: the account’s, which no arming resets, and the limit’s', () => {
    expect(limitDrawdownE4).toBeLessThan(drawdownE4);
    expect(stateAt(231).money).toMatchObject({
      drawdownUsd: drawdownE4 / 10_000,
      drawdownMaxUsd: deepest(facts.equity.map((row) => row.drawdownE4)),
      limitDrawdownUsd: limitDrawdownE4 / 10_000,
      limitDrawdownMaxUsd: deepest(facts.equity.map((row) => row.limitDrawdownE4)),
    });
  });

  it('leave the chart the account’s, and the limit where that trips: as much deeper as arming has moved it', () => {
    const { series } = stateAt(231);
    expect(series.drawdownUsd).toEqual(facts.equity.map((row) => row.drawdownE4 / 10_000));
    expect(series.drawdownLimitUsd.at(0)).toBe(100);
    expect(series.drawdownLimitUsd.at(-1)).toBe(100 + (drawdownE4 - limitDrawdownE4) / 10_000);
  });

  it('leave a limit in parts of equity to count from where the limit does', () => {
    const { money } = stateAt(231, { config: { profile: 'enhanced' } });
    expect(money?.drawdownLimitUsd).toBeCloseTo((0.03 * (equityE4 + limitDrawdownE4)) / 10_000, 2);
  });
});

describe('session', () => {
  it('names all that stands, in the words of whoever set it', () => {
    const halted = new FakeSession({ ...DAY_TWO, haltAt: 190, causes: SEVERAL_CAUSES });
    const fold = new SessionFold(halted.facts(231, 0, 1), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
    const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
    const { session } = buildPageState({ status: fakeStatus(), record, fold, live: true });
    const said = session!.causes.map(({ cause, by, why }) => ({ cause, by, why }));
    expect(said).toEqual(SEVERAL_CAUSES.map(({ cause, by, why }) => ({ cause, by, why })));
    expect(summarize(record, fold).causes).toEqual(SEVERAL_CAUSES);
  });

  it.each([
    [-1, {}, 'waiting'],
    [100, {}, 'running'],
    [389, {}, 'closed'],
    [389, { lastSession: DAY_TWO.session }, 'finished'],
    [100, { phase: 'failed', waitingFor: 'the gateway gave up' }, 'error'],
  ] as const)('at minute %i with %o is %s', (minute, status, phase) => {
    expect(stateAt(minute, { status }).stack.phase).toBe(phase);
  });

  it('expects no minute of a past or closed session', () => {
    expect(stateAt(389).session?.intervalMs).toBeNull();
    expect(stateAt(100, { live: false }).session?.intervalMs).toBeNull();
  });

  it.each([
    [{ kind: 'speed', factor: 60 }, 1_000],
    [{ kind: 'speed', factor: 6 }, 10_000],
    [{ kind: 'realtime' }, 60_000],
    [{ kind: 'max' }, 1_000],
  ] as const)('expects a minute at pace %o every %i ms', (pace, intervalMs) => {
    expect(stateAt(100, { status: { pace } }).session?.intervalMs).toBe(intervalMs);
  });
});

describe('rows', () => {
  it('shows every symbol of the run, with what the policy wants and the stop of what is held', () => {
    const { positions } = stateAt(231);
    expect(positions.map((row) => row.symbol)).toEqual(FAKE_RUN.symbols);
    for (const row of positions) expect(row.stopUsd === null).toBe(row.quantity === 0);
  });

  it('puts the newest fill and decision first', () => {
    const { fills, decisions } = stateAt(389);
    expect(fills.map((row) => row.minute)).toEqual(fills.map((row) => row.minute).toSorted((a, b) => b - a));
    const minutes = decisions.rows.map((row) => row.lastMinute);
    expect(minutes).toEqual(minutes.toSorted((a, b) => b - a));
  });

  it('keeps refusals in sight however many approvals came after them', () => {
    const busy = new FakeSession({ ...DAY_TWO, busy: true });
    const fold = new SessionFold(busy.facts(389, 0, 1), FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
    const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
    const { decisions } = buildPageState({ status: fakeStatus(), record, fold, live: true });
    expect(decisions.rows.length).toBeLessThan(decisions.total);
    expect(decisions.refusals.length).toBe(Math.min(60, decisions.totalRefusals));
    expect(new Set(decisions.refusals.map((row) => row.verdictClass))).toEqual(new Set(['denied', 'reduced']));
  });

  it('counts trades and rows of fills over the same minutes as the fees', () => {
    const ahead = SESSION.facts(389, 0, 1);
    const equity = ahead.equity.filter((row) => row.minuteIndex < 60);
    const fold = new SessionFold({ ...ahead, equity }, FAKE_RUN.symbols, FAKE_RUN.accountUsdE4);
    const record = { kind: 'paper', config: FAKE_RUN, ledgerVersion: 'JL2' } as const;
    const { fills, money } = buildPageState({ status: fakeStatus(), record, fold, live: true });
    expect(fills.every((row) => row.minute < 60)).toBe(true);
    expect(money?.trades).toBe(fills.filter((row) => row.tradePnlUsd !== null).length);
  });

  it('counts as usable the bars that came, of one a symbol and minute', () => {
    expect(stateAt(231).quality).toMatchObject({ barsExpected: 464, barsUsable: 462 });
  });

  it('gives the result of a trade at the fill that closed it, after fees', () => {
    const state = stateAt(389);
    const results = state.fills.flatMap((row) => (row.tradePnlUsd === null ? [] : [row.tradePnlUsd]));
    expect(results.length).toBe(state.money?.trades);
    expect(results.reduce((sum, value) => sum + value, 0)).toBeCloseTo(state.money!.netPnlUsd, 6);
  });

  it('has columns of one length in the series', () => {
    const { series } = stateAt(231);
    expect(new Set(Object.values<readonly unknown[]>({ ...series }).map((column) => column.length))).toEqual(
      new Set([232]),
    );
  });
});

it('says what is waited for before there is a session', () => {
  const state = emptyPageState('starting', 'the database', fakeStatus());
  expect(state).toMatchObject({ stack: { phase: 'starting', message: 'the database' }, session: null, money: null });
  expect(state.run?.pace).toBe('60 × real time');
});
