/**
 * SCRAM verifiers against a known one.
 */

import { describe, expect, it } from 'vitest';
import { scramVerifier } from '../../../../../../shared/adapters/postgres/connection/scram.ts';

describe('a SCRAM verifier', () => {
  it('equals the one of a known password and salt', () => {
    // The verifier of password "pencil" and this salt appears in the tests of several Postgres drivers and poolers.
    expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  it('differs for the same password each time, and needs no quoting', () => {
    const [first, second] = [scramVerifier('same'), scramVerifier('same')];
    expect(first).not.toBe(second);
    expect(first).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/);
  });
});
