/**
 * What a minute usually trades, against a rolling mean in pandas.
 */

import { describe, expect, it } from 'vitest';
import { VolumeProfile } from '../../../../../shared/domain/features/volume-profile.ts';
import { disagreements, readFixture } from '../../../../support/core/oracles.ts';

describe('a volume profile', () => {
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
    profile.startSession();
    const before = profile.usual(0, 0);
    profile.record(0, 0, 9_000);
    expect([before, profile.usual(0, 0)]).toEqual([200, 200]);
  });

  it('keeps symbols and minutes apart', () => {
    const profile = new VolumeProfile(2);
    for (let session = 0; session < 6; session++) {
      profile.startSession();
      profile.record(0, 389, 10);
      profile.record(1, 0, 70);
    }
    expect([profile.usual(0, 389), profile.usual(0, 0), profile.usual(1, 0), profile.usual(1, 389)]).toEqual([
      10, 0, 70, 0,
    ]);
  });

  /** What was usual when each minute of the session came. */
  function playSession(profile: VolumeProfile, volumes: readonly number[]): number[] {
    profile.startSession();
    return volumes.map((volume, minute) => {
      profile.record(0, minute, volume);
      return profile.usual(0, minute);
    });
  }
});
