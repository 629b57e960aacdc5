/**
 * The cached client: what is asked once, for how long it is kept, who is asked next, and what an error says.
 */

import { type GetSecretValueCommandInput, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { createSecrets } from '../../../../../shared/adapters/secrets/secrets-manager.ts';
import { SecretAccessError } from '../../../../../shared/ports/secrets.ts';
import { withDatabaseAccess } from '../../../../../shared/runtime/with-secret.ts';
import { stepClock } from '../../../../support/core/step-clock.ts';

const NAME = 'jules/page';
const TTL_MS = 60_000;

describe('the secrets client', () => {
  it('asks once for what many want at once, and not again until the value is old', async () => {
    const { secrets, source, clock } = clientOf();
    await Promise.all(Array.from({ length: 50 }, () => secrets.get(NAME)));
    await clock.advance(TTL_MS - 1);
    expect((await secrets.get(NAME)).text).toBe('value 1');
    expect(source.asked).toEqual(['AWSCURRENT']);
    await clock.advance(1);
    expect((await secrets.get(NAME)).text).toBe('value 2');
  });

  it('keeps the stages of a secret apart', async () => {
    const { secrets, source } = clientOf();
    await secrets.get(NAME);
    await secrets.get(NAME, { stage: 'AWSPREVIOUS' });
    await secrets.get(NAME, { stage: 'AWSPREVIOUS' });
    expect(source.asked).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  it('refetches past the cache, once for many, and forgets what was previous', async () => {
    const { secrets, source } = clientOf();
    await secrets.get(NAME);
    await secrets.get(NAME, { stage: 'AWSPREVIOUS' });
    const values = await Promise.all(Array.from({ length: 20 }, () => secrets.refetch(NAME)));
    expect(new Set(values.map(({ text }) => text))).toEqual(new Set(['value 3']));
    expect((await secrets.get(NAME)).text).toBe('value 3');
    await secrets.get(NAME, { stage: 'AWSPREVIOUS' });
    expect(source.asked).toHaveLength(4);
  });

  it('does not let an older answer that comes late replace a refetched one', async () => {
    const { secrets, source } = clientOf();
    source.hold();
    const slow = secrets.get(NAME);
    const release = source.letGo();
    expect((await secrets.refetch(NAME)).text).toBe('value 2');
    release();
    expect((await slow).text).toBe('value 1');
    expect((await secrets.get(NAME)).text).toBe('value 2');
  });

  it('goes on serving what it has while nobody can be reached, and asks again every few seconds', async () => {
    const { secrets, source, clock } = clientOf();
    await secrets.get(NAME);
    source.failure = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    await clock.advance(60_000);
    for (let ask = 0; ask < 3; ask += 1) expect((await secrets.get(NAME)).text).toBe('value 1');
    expect(source.asked).toHaveLength(2);
    await clock.advance(5_000);
    source.failure = null;
    expect((await secrets.get(NAME)).text).toBe('value 3');
  });

  it.each([
    { what: 'it was refused', failure: serviceError('AccessDeniedException', 'client'), afterMs: 60_000 },
    {
      what: 'the outage is longer than a day of trading',
      failure: serviceError('X', 'server'),
      afterMs: 13 * 3_600_000,
    },
  ])('serves nothing old when $what', async ({ failure, afterMs }) => {
    const { secrets, source, clock } = clientOf();
    await secrets.get(NAME);
    source.failure = failure;
    await clock.advance(afterMs);
    await expect(secrets.get(NAME)).rejects.toThrow(SecretAccessError);
  });

  it('does not take the old value for a fresh one: what was refused stays refused in an outage', async () => {
    const { secrets, source } = clientOf();
    await secrets.get(NAME);
    source.failure = serviceError('InternalServiceError', 'server');
    await expect(secrets.refetch(NAME)).rejects.toMatchObject({ code: 'SECRETS_UNREACHABLE' });
  });

  it('keeps no failure', async () => {
    const { secrets, source } = clientOf();
    source.failure = serviceError('InternalServiceError', 'server');
    await expect(secrets.get(NAME)).rejects.toThrow(SecretAccessError);
    source.failure = null;
    expect((await secrets.get(NAME)).text).toBe('value 2');
  });

  it('keeps a bounded number of values', async () => {
    const { secrets, source } = clientOf();
    for (let each = 0; each <= 256; each += 1) await secrets.get(`secret/${each}`);
    await secrets.get('secret/256');
    await secrets.get('secret/0');
    expect(source.asked).toHaveLength(258);
  });
});

describe('of two sources', () => {
  it('the vault is not asked while the cloud answers', async () => {
    const { secrets, cloud, vault } = cloudAndVault();
    await secrets.get(NAME);
    expect([cloud.asked.length, vault.asked.length]).toEqual([1, 0]);
  });

  it.each([
    serviceError('InternalServiceError', 'server'),
    serviceError('ThrottlingException', 'client'),
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('slow'), { name: 'TimeoutError' }),
  ])('the vault is asked when the cloud is away: %s', async (failure) => {
    const { secrets, cloud, vault } = cloudAndVault();
    cloud.failure = failure;
    expect((await secrets.get(NAME)).text).toBe('value 1');
    expect(vault.asked).toEqual(['AWSCURRENT']);
  });

  it.each([
    { name: 'ResourceNotFoundException', code: 'SECRET_NOT_FOUND' },
    { name: 'AccessDeniedException', code: 'ACCESS_DENIED' },
    { name: 'InvalidSignatureException', code: 'ACCESS_DENIED' },
    { name: 'InvalidRequestException', code: 'REQUEST_REFUSED' },
  ])('the vault does not answer in place of a cloud that refused: $name', async ({ name, code }) => {
    const { secrets, cloud, vault } = cloudAndVault();
    cloud.failure = serviceError(name, 'client');
    await expect(secrets.get(NAME)).rejects.toMatchObject({ code, secretName: NAME, retryable: false });
    expect(vault.asked).toEqual([]);
  });

  it('both away is one error, to be tried again, that repeats nothing a server said', async () => {
    const { secrets, cloud, vault } = cloudAndVault();
    cloud.failure = serviceError('InternalServiceError', 'server');
    vault.failure = Object.assign(new Error('hunter2'), { code: 'ECONNREFUSED' });
    const error = await secrets.get(NAME).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SECRETS_UNREACHABLE', retryable: true });
    expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain('hunter2');
    expect(String(error)).toContain('ECONNREFUSED');
  });
});

describe('a login by secret', () => {
  const access = { host: 'db', port: 5_432, database: 'jules', username: 'jules_app_a', password: 'password-1' };
  const refusal = Object.assign(new Error('refused'), { code: '28P01' });

  it('is tried again once with the newer value when it was refused', async () => {
    const { secrets, source } = clientOf((asked) => JSON.stringify({ ...access, password: `password-${asked}` }));
    const tried: string[] = [];
    const work = async ({ password }: { readonly password: string }) => {
      tried.push(password);
      if (password === 'password-1') throw refusal;
      return 'in';
    };
    expect(await withDatabaseAccess({ secrets, name: NAME }, work)).toBe('in');
    expect(tried).toEqual(['password-1', 'password-2']);
    expect(source.asked).toHaveLength(2);
  });

  it.each([
    { what: 'the newer value is refused too', error: refusal, isRotated: true, times: 2 },
    { what: 'there is no newer value', error: refusal, isRotated: false, times: 1 },
    { what: 'something else went wrong', error: new Error('disk full'), isRotated: true, times: 1 },
  ])('fails when $what', async ({ error, isRotated, times }) => {
    const { secrets } = clientOf((asked) => JSON.stringify({ ...access, password: `password-${isRotated && asked}` }));
    let tried = 0;
    const work = async () => {
      tried += 1;
      throw error;
    };
    await expect(withDatabaseAccess({ secrets, name: NAME }, work)).rejects.toBe(error);
    expect(tried).toBe(times);
  });

  it('needs a value that says where the database is', async () => {
    const { secrets } = clientOf(() => '{"password":"hunter2"}');
    const attempt = withDatabaseAccess({ secrets, name: NAME }, async () => 'in');
    await expect(attempt).rejects.toMatchObject({ code: 'VALUE_INVALID', secretName: NAME });
  });
});

type Source = ReturnType<typeof fakeSource>;

/** A client of the SDK that answers by itself, a new version each time. */
function fakeSource(textOf: (asked: number) => string = (asked) => `value ${asked}`) {
  const asked: string[] = [];
  let gate: Promise<void> | null = null;
  let open: () => void = () => undefined;
  const source = {
    client: new SecretsManagerClient({ region: 'us-east-1' }),
    asked,
    failure: null as Error | null,
    hold() {
      gate = new Promise((resolve) => (open = resolve));
    },
    /** Later requests pass; the returned function lets the held ones go. */
    letGo() {
      gate = null;
      return open;
    },
  };
  async function send({ input }: { readonly input: GetSecretValueCommandInput }) {
    asked.push(input.VersionStage ?? '');
    const at = asked.length;
    if (gate !== null) await gate;
    if (source.failure !== null) throw source.failure;
    return { VersionId: `version ${at}`, SecretString: textOf(at) };
  }
  Object.assign(source.client, { send });
  return source;
}

function clientOf(textOf?: (asked: number) => string) {
  const clock = stepClock();
  const source: Source = fakeSource(textOf);
  return { clock, source, secrets: createSecrets({ sources: [{ name: 'vault', client: source.client }], clock }) };
}

function cloudAndVault() {
  const [cloud, vault] = [fakeSource(), fakeSource()];
  const sources = [
    { name: 'cloud', client: cloud.client },
    { name: 'vault', client: vault.client },
  ];
  return { cloud, vault, secrets: createSecrets({ sources, clock: stepClock() }) };
}

function serviceError(name: string, fault: 'client' | 'server'): Error {
  return Object.assign(new Error(`${name} said something`), { name, $fault: fault });
}
