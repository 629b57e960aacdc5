/**
 * Rotation step by step: what is refused, what is done once, and that no crash leaves a secret without a working value.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import { describe, expect, it } from 'vitest';
import { RotationError } from '../../../../functions/rotate-secrets/rotation-error.ts';
import type { Vault } from '../../../../local/vault/store/vault.ts';
import type { RotationStep } from '../../../../shared/contracts/rotation.v1.ts';
import type { KeyGenerations } from '../../../../shared/ports/key-generations.ts';
import { CURRENT, PENDING, PREVIOUS } from '../../../../shared/ports/secrets.ts';
import {
  adminCredential,
  Crash,
  databaseCredential,
  type Fault,
  keysOf,
  NOW_MS,
  type RotationWorld,
  rotationWorld,
  STEPS,
  TOKEN,
} from '../../../support/secrets/rotation-world.ts';
import { openTestVault, store as keep, textOf } from '../../../support/secrets/vaults.ts';

const ANOTHER_TOKEN = 'b9f1c7de-0000-4000-8000-000000000002';
const TOKEN_SECRET = { kind: 'service_token', token: 't'.repeat(43) };
const BROKER = { kind: 'broker_api_key', username: 'jules', password: 'old', renewByMs: NOW_MS, confirmedMs: 1 };

describe('a rotation', () => {
  it('makes the other user current, and leaves the previous user able to log in', async () => {
    const world = rotationWorld();
    await world.rotate();
    expect(world.store.holderOf(CURRENT)).toBe(TOKEN);
    expect(world.store.holderOf(PREVIOUS)).toBe('version-0');
    const { username, password } = current(world);
    expect(username).toBe('jules_app_a');
    expect(Object.fromEntries(world.logins)).toEqual({ jules_app_b: 'password-before', jules_app_a: password });
    expect(password).toHaveLength(40);
  });

  it('goes from b to a and back', async () => {
    const users = [];
    const world = rotationWorld();
    for (const token of [TOKEN, ANOTHER_TOKEN, TOKEN.replace(/1$/, '3')]) {
      world.store.begin(token);
      await world.rotate(token);
      users.push(current(world)['username']);
    }
    expect(users).toEqual(['jules_app_a', 'jules_app_b', 'jules_app_a']);
  });

  it('does nothing for a version that is current already', async () => {
    const world = rotationWorld();
    await world.rotate();
    const before = new Map(world.logins);
    for (const step of STEPS) await world.step(step);
    expect(world.logins).toEqual(before);
  });

  it('keeps the pending value when createSecret is run again', async () => {
    const world = rotationWorld();
    await world.step('createSecret');
    const first = world.store.valueOf(PENDING);
    await world.step('createSecret');
    expect(world.store.valueOf(PENDING)).toBe(first);
  });

  it('makes nothing current that cannot log in, though finishSecret comes out of order', async () => {
    const world = rotationWorld();
    await world.step('createSecret');
    expect(await codeOf(world.step('finishSecret'))).toBe('TEST_FAILED');
    expect(world.store.holderOf(CURRENT)).toBe('version-0');
  });
});

describe('a rotation is refused', () => {
  it('when it is switched off', async () => {
    const world = rotationWorld();
    world.store.isRotationEnabled = false;
    expect(await codeOf(world.step('createSecret'))).toBe('ROTATION_DISABLED');
  });

  it('for an unknown version', async () => {
    expect(await codeOf(rotationWorld().step('createSecret', ANOTHER_TOKEN))).toBe('VERSION_UNKNOWN');
  });

  it('for a version that is not pending', async () => {
    const world = rotationWorld();
    await world.rotate();
    world.store.begin(ANOTHER_TOKEN);
    await world.rotate(ANOTHER_TOKEN);
    expect(await codeOf(world.step('setSecret', TOKEN))).toBe('VERSION_NOT_PENDING');
  });

  it('when a step comes before there is a value', async () => {
    const world = rotationWorld();
    for (const step of ['setSecret', 'testSecret', 'finishSecret'] as const) {
      expect(await codeOf(world.step(step))).toBe('NO_PENDING_VALUE');
    }
  });

  it('when the value is not a credential, without quoting it', async () => {
    const world = rotationWorld({ kind: 'unheard-of', password: 'hunter2' });
    const error = await world.step('createSecret').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RotationError);
    expect((error as RotationError).code).toBe('VALUE_INVALID');
    expect(String(error)).not.toContain('hunter2');
  });

  it.each([{ host: 'elsewhere' }, { port: 1 }, { database: 'other' }, { group: 'admins' }, { username: 'postgres' }])(
    'when the pending value names another target: %o',
    async (change) => {
      const world = rotationWorld();
      const text = JSON.stringify(
        databaseCredential({ username: 'jules_app_a', password: 'password-next', ...change }),
      );
      await world.store.put('jules/test', { versionId: TOKEN, text, stage: PENDING });
      expect(await codeOf(world.step('setSecret'))).toBe('TARGET_CHANGED');
      expect(world.logins.size).toBe(1);
    },
  );

  it('when the event is invalid', async () => {
    await expect(rotationWorld().step('dropSecret' as RotationStep)).rejects.toThrow('Step');
  });
});

describe('a service token', () => {
  it('is replaced, and the one before stays readable as AWSPREVIOUS', async () => {
    const world = rotationWorld(TOKEN_SECRET);
    await world.rotate();
    expect(current(world)['token']).not.toBe(TOKEN_SECRET.token);
    expect(JSON.parse(world.store.valueOf(PREVIOUS) ?? '')).toEqual(TOKEN_SECRET);
  });

  it('waits until nobody can hold the previous token', async () => {
    const world = rotationWorld(TOKEN_SECRET);
    world.store.rotatedMs = NOW_MS - 299_999;
    expect(await codeOf(world.step('createSecret'))).toBe('OVERLAP_OPEN');
    world.store.rotatedMs = NOW_MS - 300_000;
    await world.rotate();
    expect(world.store.holderOf(CURRENT)).toBe(TOKEN);
  });
});

describe('a broker credential', () => {
  const entered = { ...BROKER, password: 'new', renewByMs: NOW_MS + 1, confirmedMs: NOW_MS };
  const enter = (world: RotationWorld, value: object) =>
    world.store.put('jules/test', { versionId: 'entered', text: JSON.stringify(value), stage: 'OPERATOR_ENTERED' });

  it('waits for the operator, with the deadline, and is overdue after it', async () => {
    const error = await rotationWorld(BROKER)
      .step('createSecret')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'OPERATOR_PENDING', retryable: true });
    expect(String(error)).toContain(exchangeTime(NOW_MS));
    const late = rotationWorld({ ...BROKER, renewByMs: NOW_MS - 1 });
    expect(await codeOf(late.step('createSecret'))).toBe('OPERATOR_OVERDUE');
  });

  it('never has a value that nobody entered', async () => {
    const world = rotationWorld(BROKER);
    await expect(world.rotate()).rejects.toThrow(RotationError);
    expect(world.store.valueOf(PENDING)).toBeNull();
    expect(world.store.holderOf(CURRENT)).toBe('version-0');
  });

  it('becomes what the operator entered and confirmed', async () => {
    const world = rotationWorld(BROKER);
    await enter(world, entered);
    await world.rotate();
    expect(current(world)).toEqual(entered);
  });

  it('does not become what nobody has logged in with', async () => {
    const world = rotationWorld(BROKER);
    await enter(world, { ...entered, confirmedMs: null });
    expect(await codeOf(world.rotate())).toBe('TEST_FAILED');
    expect(current(world)).toEqual(BROKER);
  });

  it('does not take one entry for two rotations', async () => {
    const world = rotationWorld(BROKER);
    await enter(world, entered);
    await world.rotate();
    world.store.begin(ANOTHER_TOKEN);
    expect(await codeOf(world.step('createSecret', ANOTHER_TOKEN))).toBe('OPERATOR_PENDING');
  });
});

describe('encryption keys', () => {
  const FIRST = { kind: 'encryption_keys', generation: 1 };

  async function vaultOf(...names: readonly string[]): Promise<Vault> {
    const vault = await openTestVault();
    for (const name of names) await keep(vault, name, `text of ${name}`);
    return vault;
  }
  const generations = (vault: Vault) => [...vault.state.generations.keys()];

  it('become a new generation that every version is wrapped under, and the one before goes', async () => {
    const vault = await vaultOf('a', 'b');
    const world = rotationWorld(FIRST, [], keysOf(vault));
    await world.rotate();
    expect(current(world)).toEqual({ kind: 'encryption_keys', generation: 2 });
    expect(generations(vault)).toEqual([2]);
    expect(['a', 'b'].map((name) => textOf(vault, name))).toEqual(['text of a', 'text of b']);
  });

  it('are not current while a version is wrapped under another generation', async () => {
    const vault = await vaultOf('a');
    const world = rotationWorld(FIRST, [], keysOf(vault));
    await world.step('createSecret');
    expect(await codeOf(world.step('finishSecret'))).toBe('TEST_FAILED');
    expect(generations(vault)).toEqual([1, 2]);
    expect(textOf(vault, 'a')).toBe('text of a');
  });

  it('take up the generation that a rotation which was given up has made', async () => {
    const vault = await vaultOf('a');
    const world = rotationWorld(FIRST, [], keysOf(vault));
    await world.step('createSecret');
    world.store.begin(ANOTHER_TOKEN);
    await world.rotate(ANOTHER_TOKEN);
    expect(current(world)['generation']).toBe(2);
  });

  it('go on behind the generation that a restored vault has forgotten', async () => {
    const vault = await vaultOf('a');
    const world = rotationWorld({ kind: 'encryption_keys', generation: 7 }, [], keysOf(vault));
    await world.rotate();
    expect(current(world)['generation']).toBe(8);
    expect(generations(vault)).toEqual([8]);
  });

  it('are refused where AWS keeps them, and the value stays', async () => {
    const world = rotationWorld(FIRST);
    const refusal = await world.rotate().catch((thrown: unknown) => thrown);
    expect(refusal).toMatchObject({ code: 'KEYS_MANAGED_ELSEWHERE', retryable: false });
    expect(String(refusal)).toContain('KMS');
    expect(world.store.holderOf(CURRENT)).toBe('version-0');
  });

  it('survive a rotation that dies at any call', async () => {
    const total = await callsOf(FIRST, keysOf(await vaultOf('a', 'b')));
    const lost: string[] = [];
    for (const faults of allFaults(total).filter(({ length }) => length === 1)) {
      const vault = await vaultOf('a', 'b');
      const end = await rotateThroughCrashes(rotationWorld(FIRST, faults, keysOf(vault)), 'from the first step');
      const isKept = ['a', 'b'].every((name) => textOf(vault, name) === `text of ${name}`);
      if (!end.isGood || !isKept || generations(vault).length !== 1) lost.push(JSON.stringify(faults));
    }
    expect(total).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  });
});

describe.each([
  { kind: 'database_password', value: databaseCredential() },
  { kind: 'database_admin', value: adminCredential() },
  { kind: 'service_token', value: TOKEN_SECRET },
])('a $kind whose rotation dies', ({ value }) => {
  const RECOVERIES = ['at the step that died', 'from the first step', 'with a new version'] as const;

  it.each(RECOVERIES)(
    'at any call, once or twice, and goes on %s, works throughout and ends in the new value',
    async (recovery) => {
      const total = await callsOf(value);
      const lost: string[] = [];
      for (const faults of allFaults(total)) {
        const end = await rotateThroughCrashes(rotationWorld(value, faults), recovery);
        if (!end.isGood) lost.push(JSON.stringify(faults));
      }
      expect(total).toBeGreaterThan(8);
      expect(lost).toEqual([]);
    },
  );
});

/** Every single fault, and every pair. */
function allFaults(total: number): Fault[][] {
  const single = Array.from({ length: total }, (_, call) => call).flatMap((call): Fault[] => [
    { call, when: 'before' },
    { call, when: 'after' },
  ]);
  const pairs = single.flatMap((first) => single.filter(({ call }) => call > first.call).map((next) => [first, next]));
  return [...single.map((fault) => [fault]), ...pairs];
}

async function callsOf(value: object, keys?: KeyGenerations): Promise<number> {
  const world = rotationWorld(value, [], keys);
  await world.rotate();
  return world.calls;
}

/** Good: after every step the current value worked, and in the end it is the new one, the old one before it. */
async function rotateThroughCrashes(world: RotationWorld, recovery: string): Promise<{ readonly isGood: boolean }> {
  let token = TOKEN;
  let next = 0;
  let isGood = true;
  while (next < STEPS.length) {
    try {
      await world.step(STEPS[next] ?? 'finishSecret', token);
      next += 1;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      if (recovery !== 'at the step that died') next = 0;
      // What has become current is not begun again.
      if (recovery === 'with a new version' && world.store.holderOf(CURRENT) === 'version-0') {
        token = `${token.slice(0, -1)}${Number(token.at(-1)) + 1}`;
        world.store.begin(token);
      }
    }
    isGood &&= world.currentWorks();
  }
  const { store } = world;
  return { isGood: isGood && store.holderOf(CURRENT) === token && store.holderOf(PREVIOUS) === 'version-0' };
}

function current(world: RotationWorld): Record<string, unknown> {
  return JSON.parse(world.store.valueOf(CURRENT) ?? '{}') as Record<string, unknown>;
}

async function codeOf(attempt: Promise<void>): Promise<string> {
  const error = await attempt.catch((thrown: unknown) => thrown);
  return error instanceof RotationError ? error.code : `no refusal: ${String(error)}`;
}
