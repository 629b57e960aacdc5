/**
 * Logins that take turns: which of them works when, and what a pending value may not name.
 */

import { describe, expect, it } from 'vitest';
import { CURRENT, PENDING } from '../../../../../shared/ports/secrets.ts';
import { adminCredential, rotationWorld, TOKEN } from '../../../../support/secrets/rotation-world.ts';

const ANOTHER_TOKEN = 'b9f1c7de-0000-4000-8000-000000000002';
const admin = adminCredential();

describe('the administrator of a database', () => {
  it('takes turns with another, each changed by the one that is current', async () => {
    const world = rotationWorld(admin);
    const admins = [];
    for (const token of [TOKEN, ANOTHER_TOKEN]) {
      world.store.begin(token);
      await world.rotate(token);
      const { username, alternate, password } = JSON.parse(world.store.valueOf(CURRENT) ?? '') as typeof admin;
      admins.push([username, alternate]);
      expect(world.logins.get(username)).toBe(password);
    }
    expect(admins).toEqual([
      ['jules_admin', 'postgres'],
      ['postgres', 'jules_admin'],
    ]);
    expect(world.logins.get('postgres')).not.toBe(admin.password);
  });

  it.each([{ host: 'elsewhere' }, { port: 1 }, { username: 'postgres' }, { alternate: 'nobody' }])(
    'is not changed by a value that names another target: %o',
    async (change) => {
      const world = rotationWorld(admin);
      const next = { ...admin, username: 'jules_admin', alternate: 'postgres', password: 'password-next', ...change };
      await world.store.put('jules/test', { versionId: TOKEN, text: JSON.stringify(next), stage: PENDING });
      await expect(world.step('setSecret')).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
      expect([...world.logins]).toEqual([['postgres', admin.password]]);
    },
  );
});
