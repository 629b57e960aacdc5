/**
 * The service behind the endpoint and behind the command line: performs an operation, records it, and runs what is due.
 */

import type { Clock } from '../../../shared/ports/clock.ts';
import type { Logger } from '../../../shared/ports/logger.ts';
import type { SecretEvent } from '../../../shared/ports/secret-audit.ts';
import { VaultError } from '../../vault/store/errors.ts';
import type { Journal } from '../../vault/store/journal.ts';
import type { Vault } from '../../vault/store/vault.ts';
import { AwsError } from './aws-error.ts';
import { nameIn, type Realm } from './find-secret.ts';
import type { Operation } from './operation.ts';
import { createRotationDriver, type RotationDriver } from './rotation/driver.ts';
import type { RotationInvoker } from './rotation/invoker.ts';
import { marketHours, type QuietHours } from './rotation/market-hours.ts';
import { TARGETS } from './targets.ts';

export interface SecretsServiceOptions extends Realm {
  readonly vault: Vault;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly invoker: RotationInvoker | null;
  /** When no schedule starts a rotation; absent: while the exchange trades. */
  readonly quietHours?: QuietHours;
}

export interface SecretsService {
  /** Throws AwsError; a refusal is recorded. */
  perform(target: string, input: unknown, actor: string): Promise<object>;
  /** Records that somebody was turned away at the door. */
  refuse(target: string, actor: string, error: AwsError): Promise<void>;
  /** Rotations and deletions that are due, until it is stopped. */
  start(): void;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;
const NAME_TOLD_MAX = 512;
/** Asked by our own command line only. */
const OPERATOR_TARGETS = 'jules.';
const NOBODY = { secret: null, versionId: null } as const;

export function createSecretsService(options: SecretsServiceOptions): SecretsService {
  const { journal, clock, logger } = options;
  const rotations = createRotationDriver({ quietHours: marketHours, ...options, audit: journal });
  const stopping = new AbortController();
  let ticking: Promise<void> = Promise.resolve();

  const record = (event: Omit<SecretEvent, 'atMs'>): Promise<void> => journal.record({ ...event, atMs: clock.nowMs() });

  return {
    async perform(target, input, actor) {
      try {
        const operation = operationOf(target);
        const context = { ...options, rotations, actor, nowMs: Math.floor(clock.nowMs()) };
        const answer = await operation.perform(input, context);
        await recordDone(operation, { target, actor, answer }, record);
        return answer;
      } catch (error) {
        const refusal = asAwsError(error, target, logger);
        const about = { secret: secretIn(input), versionId: null };
        await record({ kind: 'refusal', operation: nameOf(target), actor, ...about, outcome: refusal.code });
        throw refusal;
      }
    },
    refuse: (target, actor, error) =>
      record({ kind: 'refusal', operation: nameOf(target), actor, ...NOBODY, outcome: error.code }),
    start() {
      ticking = tick({ ...options, rotations }, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await ticking;
      await rotations.stop();
    },
  };
}

function operationOf(target: string): Operation {
  const operation = TARGETS.get(target);
  if (operation === undefined) throw new AwsError('UnknownOperationException', 'The operation is not known.');
  return operation;
}

async function recordDone(
  operation: Operation,
  { target, actor, answer }: { readonly target: string; readonly actor: string; readonly answer: object },
  record: (event: Omit<SecretEvent, 'atMs'>) => Promise<void>,
): Promise<void> {
  if (operation.audit === 'none') return;
  const about = { kind: operation.audit, operation: nameOf(target), actor, outcome: 'ok' } as const;
  await Promise.all(operation.subjects(answer).map((subject) => record({ ...about, ...subject })));
}

/** What the vault refuses is our trouble and not the caller's; they learn no path and no stack. */
function asAwsError(error: unknown, target: string, logger: Logger): AwsError {
  if (error instanceof AwsError) return error;
  logger.error({ err: error, target }, 'an operation on secrets failed');
  if (error instanceof VaultError && error.code === 'ALTERED') {
    const message = "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
    return new AwsError('DecryptionFailure', message);
  }
  const isOperator = error instanceof VaultError && target.startsWith(OPERATOR_TARGETS);
  return new AwsError(
    'InternalServiceError',
    isOperator ? error.message : 'An error occurred on the server side.',
    500,
  );
}

async function tick(
  parts: SecretsServiceOptions & { readonly rotations: RotationDriver },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await removeExpired(parts);
      await parts.rotations.tick();
    } catch (error) {
      parts.logger.error({ err: error }, 'rotations and deletions that are due could not be started');
    }
    await parts.clock.sleep(TICK_MS, signal);
  }
}

/** At the end of their recovery window secrets go for good. */
async function removeExpired({ vault, journal, clock }: SecretsServiceOptions): Promise<void> {
  const nowMs = clock.nowMs();
  const expired = [...vault.state.secrets.values()].filter(
    ({ deletionMs }) => deletionMs !== null && deletionMs <= nowMs,
  );
  for (const { name } of expired) {
    const about = { kind: 'change', operation: 'RecoveryWindowEnded', actor: 'vault', versionId: null } as const;
    await vault.transact((transaction) => transaction.remove(name));
    await journal.record({ ...about, atMs: nowMs, secret: name, outcome: 'ok' });
  }
}

function nameOf(target: string): string {
  return (target.split('.').at(-1) ?? '').slice(0, NAME_TOLD_MAX);
}

function secretIn(input: unknown): string | null {
  const { SecretId, Name } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const id = typeof SecretId === 'string' ? SecretId : Name;
  return typeof id === 'string' ? nameIn(id).slice(0, NAME_TOLD_MAX) : null;
}
