/**
 * What a minute usually trades, against a rolling mean in pandas.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VolumeProfile } from '../../../../../shared/domain/features/volume-profile.ts';
import { disagreements, readFixture } from '../../../../support/core/oracles.ts';

describe('a volume profile', () => {
  let date = 0;
  const { sessions, usual } = readFixture<{ profile: { sessions: readonly number[][]; usual: readonly number[][] } }>(
    'indicators',
  ).profile;

  it('is the rolling mean of the last 20 sessions in which the minute traded, as in pandas', () => {
    const profile = new VolumeProfile(1);
    const known = sessions.map((volumes) => playSession(profile, volumes));
    expect(known.length).toBeGreaterThan(22);
    expect(known.flatMap((row, i) => disagreements(row, usual[i]!, { relative: 1e-11, absolute: 0 }))).toEqual([]);
  });

  it('knows nothing of a minute before it traded in five past sessions', () => {
    const profile = new VolumeProfile(1);
    const known = [100, 100, 0, 100, 100, 100, 100].map((volume) => playSession(profile, [volume])[0]);
    expect(known).toEqual([0, 0, 0, 0, 0, 0, 100]);
  });

  it('does not look at the session that runs', () => {
    const profile = new VolumeProfile(1);
    for (let session = 0; session < 5; session++) playSession(profile, [200]);
    profile.startSession(++date);
    const before = profile.usual(0, 0);
    profile.record(0, 0, 9_000);
    expect([before, profile.usual(0, 0)]).toEqual([200, 200]);
  });

  it('keeps symbols and minutes apart', () => {
    const profile = new VolumeProfile(2);
    for (let session = 0; session < 6; session++) {
      profile.startSession(session + 1);
      profile.record(0, 389, 10);
      profile.record(1, 0, 70);
    }
    expect([profile.usual(0, 389), profile.usual(0, 0), profile.usual(1, 0), profile.usual(1, 389)]).toEqual([
      10, 0, 70, 0,
    ]);
  });

  it('never holds the day that runs or a later one, whatever days are played in which order', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ day: fc.integer({ min: 1, max: 60 }), volume: fc.nat(900) })), (played) => {
        const profile = new VolumeProfile(1);
        let past: { day: number; volume: number }[] = [];
        for (const { day, volume } of played) {
          past = past.filter((each) => each.day < day).slice(-20);
          profile.startSession(day);
          profile.record(0, 0, volume);
          const traded = past.filter((each) => each.volume > 0).map((each) => each.volume);
          const mean = traded.reduce((sum, each) => sum + each, 0) / traded.length;
          expect(profile.usual(0, 0)).toBe(traded.length < 5 ? 0 : mean);
          past.push({ day, volume });
        }
      }),
    );
  });

  /** What was usual when each minute of the session came. */
  function playSession(profile: VolumeProfile, volumes: readonly number[]): number[] {
    profile.startSession(++date);
    return volumes.map((volume, minute) => {
      profile.record(0, minute, volume);
      return profile.usual(0, minute);
    });
  }
});
