/**
 * A rotation with everything it touches in memory, and a fault at any call that it makes.
 */

import { createRotation } from '../../../functions/rotate-secrets/handler.ts';
import type { Vault } from '../../../local/vault/store/vault.ts';
import { createKeyGenerations } from '../../../shared/adapters/secrets/key-generations.ts';
import { createLogger } from '../../../shared/adapters/system/logger.ts';
import {
  type AdminCredential,
  type DatabaseCredential,
  readCredential,
} from '../../../shared/contracts/credentials.v1.ts';
import type { RotationStep } from '../../../shared/contracts/rotation.v1.ts';
import type { DatabaseAdmin } from '../../../shared/ports/database-admin.ts';
import type { KeyGenerations } from '../../../shared/ports/key-generations.ts';
import type { SecretStore } from '../../../shared/ports/secret-store.ts';
import { CURRENT } from '../../../shared/ports/secrets.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';

export const STEPS: readonly RotationStep[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
export const TOKEN = 'b9f1c7de-0000-4000-8000-000000000001';
/** As long as the default stage has it. */
const TOKEN_OVERLAP_MS = 300_000;
export const NOW_MS = 1_735_914_600_000;

/** At which call, and whether the world did what was asked before the caller died. */
export interface Fault {
  readonly call: number;
  readonly when: 'before' | 'after';
}

export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface RotationWorld {
  readonly store: MemoryStore;
  readonly logins: Map<string, string>;
  /** Calls that the handler has made of its ports. */
  readonly calls: number;
  /** As it came from outside. */
  handle(event: unknown): Promise<void>;
  step(step: RotationStep, versionId?: string): Promise<void>;
  rotate(versionId?: string): Promise<void>;
  /** Whoever reads the current value now can work with it. */
  currentWorks(): boolean;
}

export function databaseCredential(overrides: Partial<DatabaseCredential> = {}): DatabaseCredential {
  return {
    kind: 'database_password',
    host: '127.0.0.1',
    port: 5_432,
    database: 'jules',
    username: 'jules_app_b',
    password: 'password-before',
    group: 'jules_app',
    ...overrides,
  };
}

export function adminCredential(): AdminCredential {
  const { host, port, database } = databaseCredential();
  const access = { host, port, database, password: 'password-of-the-admin' };
  return { kind: 'database_admin', ...access, username: 'postgres', alternate: 'jules_admin' };
}

export function rotationWorld(
  current: object = databaseCredential(),
  faults: readonly Fault[] = [],
  keys: KeyGenerations = keysElsewhere(),
): RotationWorld {
  const store = memoryStore(current);
  const logins = new Map<string, string>();
  if ('username' in current && 'password' in current) logins.set(String(current.username), String(current.password));
  let calls = 0;

  /** Counts each call of a port and dies where it is asked to. */
  function watched<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          const fault = faults.find(({ call }) => call === calls);
          calls += 1;
          if (fault?.when === 'before') throw new Crash('before the call');
          const result: unknown = await (Reflect.apply(method, target, args) as Promise<unknown>);
          if (fault?.when === 'after') throw new Crash('after the call');
          return result;
        };
      },
    });
  }

  const handler = createRotation({
    store: watched<SecretStore>(store),
    database: watched(memoryDatabase(logins)),
    keys: watched(keys),
    clock: { nowMs: () => NOW_MS },
    logger: createLogger({ name: 'test', level: 'silent' }),
    tokenOverlapMs: TOKEN_OVERLAP_MS,
  });
  store.begin(TOKEN);
  const step = (name: RotationStep, versionId = TOKEN) =>
    handler({ SecretId: 'jules/test', ClientRequestToken: versionId, Step: name });
  return {
    store,
    logins,
    get calls() {
      return calls;
    },
    handle: handler,
    step,
    async rotate(versionId = TOKEN) {
      for (const name of STEPS) await step(name, versionId);
    },
    currentWorks() {
      const credential = readCredential(store.valueOf(CURRENT) ?? '');
      if (credential === null || !('username' in credential) || credential.kind === 'broker_api_key')
        return credential !== null;
      return logins.get(credential.username) === credential.password;
    },
  };
}

/** As on AWS. */
export function keysElsewhere(): KeyGenerations {
  return createKeyGenerations({
    endpoint: null,
    region: 'us-east-1',
    credentials: () => Promise.reject(new Error('nobody is asked')),
    nowMs: () => NOW_MS,
  });
}

/** A vault in this process. */
export function keysOf(vault: Vault): KeyGenerations {
  return {
    next: (current) => vault.nextGeneration(current),
    rewrap: (_generation, limit) => vault.rewrapSome(limit),
    check: (generation) => vault.checkGeneration(generation),
    retire: () => vault.retireGenerations(),
  };
}

function memoryDatabase(logins: Map<string, string>): DatabaseAdmin {
  return {
    canLogIn: async ({ username, password }) => logins.get(username) === password,
    async setPassword({ username, password }) {
      logins.set(username, password);
    },
    async setAdminPassword({ username, password }) {
      logins.set(username, password);
    },
  };
}
