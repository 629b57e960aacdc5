/**
 * The one step function: in which order a minute is worked through, and what a session begins and ends with.
 */

import { tradedMinutes } from '../../../../../shared/domain/run/run-config.ts';
import { BUY, SELL } from '../../../../../shared/domain/policy/actions.ts';
import { describe, expect, it } from 'vitest';
import { sessionOn } from '../../../../../shared/domain/calendar/calendar.ts';
import { FAULTY, PRESENT } from '../../../../../shared/domain/market/frame.ts';
import { SessionCore } from '../../../../../shared/domain/run/session-core.ts';
import { type Bar, bar, frameOf, NEXT_SESSION, runConfig, SESSION, tableOf } from '../../../../support/core/core.ts';

/** A core of one symbol under the rule policy, fed bar by bar; the price rises by 10 cents a minute. */
class Feed {
  readonly rows: string[] = [];
  readonly core: SessionCore;
  #minute = 0;

  constructor(minutes = 60, chosen: Parameters<typeof runConfig>[0] = {}) {
    const config = runConfig({ symbols: ['AAPL'], ...chosen });
    this.core = new SessionCore({ config, withFeatures: false, onRow: (row) => void this.rows.push(row) });
    this.core.startSession(SESSION, minutes, null);
  }

  next(overrides: Partial<Bar> | null = {}) {
    const rising = { openE4: 1_000_000 + this.#minute * 1_000, volume: 100_000 + this.#minute };
    const frame = frameOf([overrides === null ? null : bar({ ...rising, ...overrides })]);
    const decision = this.core.step(this.#minute, frame);
    this.#minute += 1;
    const { verdicts, actions, orders } = decision;
    return { frame, action: actions[0], verdict: verdicts[0], orders };
  }

  until(minute: number): this {
    while (this.#minute < minute) this.next();
    return this;
  }

  kinds(from: number): string {
    return this.rows
      .slice(from)
      .map((row) => row[0])
      .join('');
  }
}

describe('a minute', () => {
  it('is judged first: a refused bar marks nothing and decides nothing', () => {
    const feed = new Feed().until(40);
    const markE4 = feed.core.risk.account.markE4[0];
    const { frame, orders } = feed.next({ closeE4: Number.NaN });
    expect(frame.status[0]).toBe(FAULTY);
    expect(orders).toEqual([]);
    expect(feed.core.risk.account.markE4[0]).toBe(markE4);
  });

  it('is written as fills, decision, orders', () => {
    const feed = new Feed().until(29);
    const before = feed.rows.length;
    feed.next();
    feed.next();
    // Minute 29 decides an entry with its stop; minute 30 fills it and decides again.
    expect(feed.kinds(before)).toBe('DOOFD');
  });

  it('decides on the position that its own fills have left', () => {
    const feed = new Feed().until(30);
    expect(feed.core.risk.account.isFlat).toBe(true);
    const { action, verdict, orders } = feed.next();
    expect(feed.core.risk.account.quantity[0]).toBe(9);
    expect([action, verdict, orders]).toEqual([BUY, 0, []]);
  });

  it('is decided at its close, and fills at the open of the next', () => {
    const feed = new Feed().until(30);
    const decided = feed.rows.find((row) => row.startsWith('O,'));
    feed.next();
    const filled = feed.rows.find((row) => row.startsWith('F,'));
    expect([decided?.split(',')[1], filled?.split(',')[1]]).toEqual([
      String(SESSION.openMs + 30 * 60_000),
      String(SESSION.openMs + 30 * 60_000),
    ]);
  });

  it('without a bar keeps the mark and asks for nothing new', () => {
    const feed = new Feed().until(40);
    const equityE4 = feed.core.risk.equityE4;
    feed.next(null);
    expect(feed.core.risk.equityE4).toBe(equityE4);
    expect(feed.rows.at(-1)).toMatch(/^D,/);
  });
});

describe('the policy of a run', () => {
  it('that nobody has is refused, and is not another one instead', () => {
    const config = runConfig({ policy: 'ppo-7' });
    expect(() => new SessionCore({ config, withFeatures: false })).toThrow("got 'ppo-7'");
  });
});

describe('the two halves of a minute', () => {
  const at = { session: SESSION, minutes: 60, history: null, minuteIndex: 3 };
  const frame = frameOf([bar()]);
  const config = runConfig({ symbols: ['AAPL'] });
  const open = (withLedger = false) => new SessionCore({ config, withFeatures: true, withLedger });

  it('come in turn', () => {
    const core = open();
    core.startSession(SESSION, 60, null);
    expect(() => core.act([1])).toThrow('a minute is observed before it gets its actions');
    core.observe(0, frame);
    expect(() => core.observe(1, frame)).toThrow('a minute gets its actions before the next one is observed');
  });

  it.each([[[3]], [[Number.NaN]], [[]], [['BUY']]])('take no action that is not one: %o', (actions) => {
    const core = open();
    core.startSession(SESSION, 60, null);
    core.observe(0, frame);
    expect(() => core.act(actions as number[])).toThrow('an action is SELL, HOLD or BUY');
  });

  it('show the policy what the position is', () => {
    const core = open();
    core.startSession(SESSION, 60, null);
    core.observe(0, frame);
    core.act([BUY]);
    const { positions, observation } = core.observe(1, frameOf([bar({ volume: 90_000 })]));
    expect([positions[0], observation[11]]).toEqual([9, 9]);
  });

  it('belong to one run while there is a ledger: only a core without one is reset', () => {
    const bars = tableOf([Array.from({ length: 60 }, () => bar())]);
    expect(() => open(true).reset(at, bars)).toThrow('is not reset');
    expect(() => open().reset({ ...at, minuteIndex: 60 }, bars)).toThrow('an episode begins within its session');
  });
});

describe('a session', () => {
  it('ends flat, with its account as the last row', () => {
    const feed = new Feed().until(60);
    expect(feed.core.risk.account.isFlat).toBe(true);
    expect(feed.rows.filter((row) => row.startsWith('A,'))).toEqual([feed.rows.at(-1)]);
    expect(feed.rows.at(-2)).toMatch(/^D,/);
  });

  it('sells at the second minute from its end what the rule would keep', () => {
    const feed = new Feed().until(57);
    expect(feed.next().orders).toEqual([]);
    const { action, orders } = feed.next();
    expect([action, orders.map(({ kind }) => kind)]).toEqual([SELL, ['EXIT']]);
    expect(feed.core.risk.account.isFlat).toBe(false);
    feed.next();
    expect(feed.core.risk.account.isFlat).toBe(true);
  });

  it('begins with nothing of the one before: no closes, no reference price, no volumes', () => {
    const feed = new Feed().until(60);
    feed.core.startSession(NEXT_SESSION, 60, null);
    const frame = frameOf([bar({ openE4: 2_000_000 })]);
    const decision = feed.core.step(0, frame);
    expect([frame.status[0], frame.fillableVolume[0]]).toEqual([PRESENT, 100_000]);
    expect(decision.actions[0]).toBe(SELL);
  });
});

describe('the minutes of a session that a run trades', () => {
  it.each([
    [20250103, null, 390],
    [20250703, null, 210],
    [20250103, 120, 120],
    [20250703, 300, 210],
  ])('on %d with at most %s are %d', (date, minutesMax, expected) => {
    expect(tradedMinutes(runConfig({ minutesMax }), sessionOn(date)!)).toBe(expected);
  });
});
