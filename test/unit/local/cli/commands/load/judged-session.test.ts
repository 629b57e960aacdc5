/**
 * A recorded session as rows: what is stored, what is kept beside it, what is missing.
 */

import { describe, expect, it } from 'vitest';
import { judgeSession } from '../../../../../../local/cli/commands/load/judged-session.ts';
import { rawBarSchema } from '../../../../../../shared/contracts/minute.v2.ts';
import { sessionOn } from '../../../../../../shared/domain/calendar/calendar.ts';
import { MISSING } from '../../../../../../shared/domain/market/frame.ts';
import { MarketGenerator } from '../../../../../../shared/domain/market/generator/market-generator.ts';
import { FAULT } from '../../../../../../shared/domain/quality/faults.ts';

const SYMBOLS = ['AAPL', 'MSFT'];
const SESSION = sessionOn(20260105)!;

function freshTable() {
  return new MarketGenerator({ symbols: SYMBOLS, seed: 1 }).session(SESSION);
}

describe('a judged session', () => {
  it('has every good bar of each symbol with its time', () => {
    const table = freshTable();
    const [aapl, msft] = judgeSession(SESSION, table, SYMBOLS);
    expect([aapl!.bars.length, msft!.bars.length]).toEqual([390, 390]);
    expect(msft!.bars[7]).toMatchObject({
      symbol: 'MSFT',
      openMs: SESSION.openMs + 7 * 60_000,
      closeE4: table.closeE4[390 + 7],
      volume: table.volume[390 + 7],
      faults: 0,
    });
    expect([aapl!.quality, aapl!.missing]).toEqual([[], []]);
  });

  it('keeps a hard-faulted bar out and what was delivered beside it', () => {
    const table = freshTable();
    table.highE4[3] = Number.NaN;
    const [aapl] = judgeSession(SESSION, table, SYMBOLS);
    expect(aapl!.bars.map(({ openMs }) => openMs)).not.toContain(SESSION.openMs + 3 * 60_000);
    expect(aapl!.quality).toMatchObject([
      { openMs: SESSION.openMs + 3 * 60_000, faults: FAULT.PRICE_INVALID, hard: true },
    ]);
    expect(rawBarSchema.parse(JSON.parse(aapl!.quality[0]!.raw))).toMatchObject({
      highE4: null,
      openE4: table.openE4[3],
    });
  });

  it('stores a bar whose volume is not a count of shares with volume 0', () => {
    const table = freshTable();
    table.volume[3] = 10.5;
    const [aapl] = judgeSession(SESSION, table, SYMBOLS);
    expect(aapl!.bars[3]).toMatchObject({ volume: 0, fillableVolume: 0, faults: FAULT.VOLUME_INVALID });
    expect(aapl!.quality).toMatchObject([{ hard: false }]);
    expect(aapl!.quality[0]!.raw).toContain('10.5');
  });

  it('lists the minutes without a row', () => {
    const table = freshTable();
    table.status[390] = MISSING;
    table.status[390 + 389] = MISSING;
    expect(judgeSession(SESSION, table, SYMBOLS).map(({ missing }) => missing)).toEqual([[], [0, 389]]);
  });
});
