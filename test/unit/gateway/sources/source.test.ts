/**
 * Both market sources behind their one wall.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { openSource } from '../../../../gateway/sources/source.ts';
import { sessionOn } from '../../../../shared/domain/calendar/calendar.ts';
import { MarketGenerator } from '../../../../shared/domain/market/generator/market-generator.ts';
import { barFolder, removeCsvFolders } from '../../../support/bars/bar-files.ts';

afterAll(removeCsvFolders);

const SYMBOLS = ['AAPL', 'MSFT'];

describe('the generated source', () => {
  const source = openSource({ kind: 'generated', seed: 1, startSession: 20260102 }, SYMBOLS);

  it('begins with its first session and goes on by the calendar', () => {
    expect(source.nextSession(null)?.date).toBe(20260102);
    expect(source.nextSession(20260102)?.date).toBe(20260105);
    expect(source.nextSession(20260402)?.date).toBe(20260406);
  });

  it('ends with the exchange calendar', () => {
    expect(source.nextSession(20281228)?.date).toBe(20281229);
    expect(source.nextSession(20281229)).toBeNull();
  });

  it('has the bars of the generator', () => {
    const session = sessionOn(20260105)!;
    expect(source.table(session)).toEqual(new MarketGenerator({ symbols: SYMBOLS, seed: 1 }).session(session));
    expect(source.quarantine).toEqual([]);
  });
});

describe('the recorded source', () => {
  const market = new MarketGenerator({ symbols: SYMBOLS, seed: 2 });
  const dates = [20251128, 20251201, 20251203];
  const tables = new Map(dates.map((date) => [date, market.session(sessionOn(date)!)]));
  const barsDir = barFolder(SYMBOLS, tables);

  it('plays its sessions in order and ends', () => {
    const source = openSource({ kind: 'csv', barsDir, sessions: [20251203, 20251128] }, SYMBOLS);
    expect(source.nextSession(null)).toEqual(sessionOn(20251128));
    expect(source.nextSession(20251128)?.date).toBe(20251203);
    expect(source.nextSession(20251203)).toBeNull();
    expect(source.table(sessionOn(20251203)!)).toEqual(tables.get(20251203));
  });

  it('refuses a file at once, before the first minute', () => {
    expect(() => openSource({ kind: 'csv', barsDir, sessions: [20251202] }, SYMBOLS)).toThrow('no bar of AAPL');
  });

  it('has no bars of a session that is not its own', () => {
    const source = openSource({ kind: 'csv', barsDir, sessions: [20251201] }, SYMBOLS);
    expect(() => source.table(sessionOn(20251203)!)).toThrow('one of the source');
  });
});
