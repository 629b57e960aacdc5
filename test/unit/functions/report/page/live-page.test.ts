/**
 * The session in progress is kept up with few questions, waits for what comes late, and survives a database that is away.
 */

import { describe, expect, it } from 'vitest';
import { LivePage, loadSession } from '../../../../../functions/report/page/live-page.ts';
import { buildPageState } from '../../../../../functions/report/read-models/build-page-state.ts';
import type { SessionFacts, SessionHead } from '../../../../../shared/ports/report-views.ts';
import type { StackStatus } from '../../../../../shared/ports/stack-status.ts';
import { DAY_TWO, FakeReportViews, fakeStatus, SEVERAL_CAUSES } from '../../../../support/page/fake-report-views.ts';

/** Holds the latency of the newest minute back, as a stack does until that minute is settled. */
class LateLatency extends FakeReportViews {
  isSettled = false;

  override async facts(runId: string, session: number, fromMinute: number): Promise<SessionFacts | null> {
    const facts = await super.facts(runId, session, fromMinute);
    if (facts === null || this.isSettled) return facts;
    return { ...facts, latency: facts.latency.filter((row) => row.minuteIndex < this.minute) };
  }
}

/** A second session that the account begins with $2400: the first one lost a hundred. */
class PoorerAccount extends FakeReportViews {
  override async head(runId: string): Promise<SessionHead | null> {
    const head = await super.head(runId);
    return head && this.#poorer(head);
  }

  override async facts(runId: string, session: number, fromMinute: number): Promise<SessionFacts | null> {
    const facts = await super.facts(runId, session, fromMinute);
    return facts && { ...facts, head: this.#poorer(facts.head) };
  }

  #poorer(head: SessionHead): SessionHead {
    return this.minute < 0 ? { ...head, equityE4: 24_000_000 } : { ...head, openingCashE4: 24_000_000 };
  }
}

/** An account that lost something before the session, or is armed after the newest minute: its reference moves alone. */
class ArmedAccount extends FakeReportViews {
  armed = false;
  lostE4 = 0;

  override async head(runId: string): Promise<SessionHead | null> {
    const head = await super.head(runId);
    return head && this.#standing(head);
  }

  override async facts(runId: string, session: number, fromMinute: number): Promise<SessionFacts | null> {
    const facts = await super.facts(runId, session, fromMinute);
    return facts && { ...facts, head: this.#standing(facts.head) };
  }

  #standing(head: SessionHead): SessionHead {
    const equityE4 = head.equityE4 - this.lostE4;
    return { ...head, equityE4, limitReferenceE4: this.armed ? equityE4 : head.limitReferenceE4 };
  }
}

function pageOver(views: FakeReportViews, status: Partial<StackStatus> = {}) {
  const problems: unknown[] = [];
  const page = new LivePage({
    views,
    status: async () => fakeStatus(status),
    onProblem: (error) => void problems.push(error),
  });
  return { page, problems };
}

describe('LivePage', () => {
  it('reads rows only when the head has moved', async () => {
    const views = new FakeReportViews({ minute: 20 });
    const { page } = pageOver(views);
    for (let i = 0; i < 10; i++) await page.refresh();
    const settled = views.asked.facts;
    for (let i = 0; i < 10; i++) await page.refresh();
    expect(views.asked.facts).toBe(settled);
    views.minute = 21;
    expect((await page.refresh()).session?.lastMinute).toBe(21);
  });

  it('that was open before the first decision has the buy-and-hold line of one that is loaded later', async () => {
    const views = new PoorerAccount({ minute: -1 });
    const { page } = pageOver(views);
    expect((await page.refresh()).money?.startUsd).toBe(2_400);
    views.minute = 30;
    const live = await page.refresh();
    const { record, fold } = (await loadSession(views, 'paper-sim-7', DAY_TWO.session))!;
    const reloaded = buildPageState({ status: fakeStatus(), record, fold, live: true, waiting: null });
    expect([live.money, live.series]).toEqual([reloaded.money, reloaded.series]);
    expect(live.money?.startUsd).toBe(2_400);
    expect(live.series?.holdUsd[0]).toBeCloseTo(2_400, -2);
  });

  it('counts the drawdown of the limit from the reference that holds now, which arming moves between two minutes', async () => {
    const views = new ArmedAccount({ minute: 389 });
    const { page } = pageOver(views);
    const before = (await page.refresh()).money!;
    expect(before.limitDrawdownUsd).toBeCloseTo(before.drawdownUsd, 9);
    views.armed = true;
    const { limitDrawdownUsd, drawdownLimitUsd, drawdownUsd, limitDrawdownMaxUsd } = (await page.refresh()).money!;
    expect({ limitDrawdownUsd, drawdownLimitUsd }).toEqual({ limitDrawdownUsd: 0, drawdownLimitUsd: 100 });
    expect({ drawdownUsd, limitDrawdownMaxUsd }).toEqual({
      drawdownUsd: before.drawdownUsd,
      limitDrawdownMaxUsd: before.limitDrawdownMaxUsd,
    });
  });

  it('shows what stands and how deep the account is before the first decision of a session', async () => {
    const views = new ArmedAccount({ minute: -1, causes: SEVERAL_CAUSES });
    views.lostE4 = 800_000;
    const { money, session } = await pageOver(views).page.refresh();
    expect(session).toMatchObject({ lastMinute: -1, state: 'HALTED', causes: [{ cause: 'DRAWDOWN' }, {}, {}] });
    expect(money).toMatchObject({
      startUsd: 2_420,
      drawdownUsd: 80,
      drawdownMaxUsd: 80,
      limitDrawdownUsd: 80,
      limitDrawdownMaxUsd: 80,
    });
  });

  it('says which part has a minute that left and got no decision', async () => {
    const views = new FakeReportViews({ minute: 20 });
    views.stepsOfNext = [
      { step: 'sent', atMs: 1_000 },
      { step: 'ingested', atMs: 1_005 },
    ];
    const { page } = pageOver(views);
    expect((await page.refresh()).session?.waiting).toEqual({
      minute: 21,
      sinceMs: 1_000,
      waitsFor: 'the signal function, which asks the policy runner',
    });
    views.stepsOfNext = [];
    expect((await page.refresh()).session?.waiting).toBeNull();
  });

  it('waits for the latency of the last minute, which is stored after its decision', async () => {
    const views = new LateLatency({ minute: 389 });
    const { page } = pageOver(views);
    for (let i = 0; i < 10; i++) expect((await page.refresh()).latency[0]?.count).toBe(389);
    views.isSettled = true;
    expect((await page.refresh()).latency[0]?.count).toBe(390);
  });

  it('stops asking for a latency that never comes', async () => {
    const views = new LateLatency({ minute: 30 });
    const { page } = pageOver(views);
    for (let i = 0; i < 40; i++) await page.refresh();
    const asked = views.asked.facts;
    await page.refresh();
    expect(views.asked.facts).toBe(asked);
  });

  it('gives what it knew last, marked as an error, while the database is away', async () => {
    const views = new FakeReportViews({ minute: 20 });
    const { page, problems } = pageOver(views);
    const before = await page.refresh();
    views.failure = new Error('connection refused');
    const state = await page.refresh();
    expect(state.stack.phase).toBe('error');
    expect(state.money).toEqual(before.money);
    expect(problems).toEqual([views.failure]);
    views.failure = null;
    expect((await page.refresh()).stack.phase).toBe('running');
  });

  it('says what it waits for while the stack starts, and asks the database nothing', async () => {
    const views = new FakeReportViews({ minute: 20 });
    const { page } = pageOver(views, { phase: 'starting', waitingFor: 'postgres' });
    expect(await page.refresh()).toMatchObject({ stack: { phase: 'starting', message: 'postgres' }, session: null });
    expect(views.asked).toEqual({ head: 0, facts: 0 });
  });

  it('asks once for callers that come at the same time', async () => {
    const views = new FakeReportViews({ minute: 20 });
    const { page } = pageOver(views);
    await Promise.all(Array.from({ length: 8 }, () => page.refresh()));
    expect(views.asked.head).toBe(1);
  });
});
