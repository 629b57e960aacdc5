/**
 * The rows of any run come in the order of (event time, kind, symbol, sequence), so that SQL can give them again.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../../shared/domain/run/backtest.ts';
import { anyRun } from '../../../support/core/core-markets.ts';

const KINDS = ['D', 'O', 'F', 'A'];

/** Time, kind, symbol and sequence of a row as text that sorts like them. */
function placeOf(row: string): string {
  const [kind = '', eventMs = '', symbol = '', sequence = ''] = row.split(',');
  const place = String(KINDS.indexOf(kind));
  if (kind === 'F') return [eventMs, place, symbol, sequence.padStart(4, '0')].join(' ');
  // An entry comes before its stop.
  if (kind === 'O') return [eventMs, place, symbol, sequence === 'STOP' ? '1' : '0'].join(' ');
  return [eventMs, place].join(' ');
}

describe('the ledger of any run', () => {
  it('is in the order of event time, kind, symbol and sequence, and names each row once', () => {
    fc.assert(
      fc.property(anyRun, (input) => {
        const rows: string[] = [];
        runBacktest({ ...input, onRow: (row) => void rows.push(row) });
        const places = rows.map(placeOf);
        expect(places).toEqual([...new Set(places)].toSorted());
      }),
      { numRuns: 60 },
    );
  });
});
