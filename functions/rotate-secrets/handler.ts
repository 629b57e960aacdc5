/**
 * Rotates one secret, one step per call: create, set, test, finish.
 *
 * Every step may be run again, alone or after a crash in the middle: the new value becomes the current one only in the
 * last step, in one move, and only if it works at that moment. Until then the old one is current and works.
 */

import { type Credential, type CredentialKind, readCredential } from '../../shared/contracts/credentials.v1.ts';
import { type RotationFailure, type RotationStep, readRotationEvent } from '../../shared/contracts/rotation.v1.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { DatabaseAdmin } from '../../shared/ports/database-admin.ts';
import type { KeyGenerations } from '../../shared/ports/key-generations.ts';
import type { Logger } from '../../shared/ports/logger.ts';
import type { SecretDescription, SecretStore, VersionChoice } from '../../shared/ports/secret-store.ts';
import { CURRENT, PENDING } from '../../shared/ports/secrets.ts';
import { RotationError } from './rotation-error.ts';
import { brokerApiKey } from './strategies/broker-api-key.ts';
import { databaseAdmin } from './strategies/database-admin.ts';
import { databasePassword } from './strategies/database-password.ts';
import { encryptionKeys } from './strategies/encryption-keys.ts';
import { serviceToken } from './strategies/service-token.ts';
import type { RotationStrategy } from './strategies/strategy.ts';

export interface RotationDeps {
  readonly store: SecretStore;
  readonly database: DatabaseAdmin;
  readonly keys: KeyGenerations;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  /** How long the previous token is accepted; sooner a token is not rotated again. */
  readonly tokenOverlapMs: number;
}

/** Throws RotationError, SecretAccessError, or what the database throws; whoever drives the steps tries again. */
export function createRotation(deps: RotationDeps): (event: unknown) => Promise<void> {
  const strategies: Strategies = {
    database_password: databasePassword(deps),
    database_admin: databaseAdmin(deps),
    service_token: serviceToken(deps),
    broker_api_key: brokerApiKey(deps),
    encryption_keys: encryptionKeys(deps),
  };
  return async (event) => {
    const { SecretId: secretId, ClientRequestToken: versionId, Step: step } = readRotationEvent(event);
    const secret = await deps.store.describe(secretId);
    const about = { secret: secret.name, versionId, step };
    const work = new RotationStepRun({ store: deps.store, strategies, secretId, versionId, secret });
    if (isFinished(secret, versionId)) {
      if (step === 'finishSecret') await work.giveUpPrevious();
      return deps.logger.info(about, 'this version is current already');
    }
    await STEPS[step](work);
    deps.logger.info(about, 'rotation step done');
  };
}

type Strategies = Readonly<Record<CredentialKind, RotationStrategy>>;

/** Throws RotationError unless the version is the one that is being rotated to. */
function isFinished(secret: SecretDescription, versionId: string): boolean {
  const refuse = (message: string, code: RotationFailure) =>
    new RotationError(message, { code, secretName: secret.name });
  if (!secret.isRotationEnabled) throw refuse('rotation is off: turn it on with RotateSecret', 'ROTATION_DISABLED');
  const stages = secret.stages[versionId];
  if (stages === undefined) throw refuse(`version ${versionId} has no stage to rotate`, 'VERSION_UNKNOWN');
  if (stages.includes(CURRENT)) return true;
  if (!stages.includes(PENDING)) throw refuse(`version ${versionId} is not ${PENDING}`, 'VERSION_NOT_PENDING');
  return false;
}

const STEPS: Readonly<Record<RotationStep, (work: RotationStepRun) => Promise<void>>> = {
  async createSecret(work) {
    const current = await work.current();
    if ((await work.read(work.pendingVersion)) !== null) return;
    const next = await work.strategy(current).next(current, work.secret);
    const { versionId } = work;
    await work.store.put(work.secretId, { versionId, text: JSON.stringify(next), stage: PENDING });
  },
  async setSecret(work) {
    const current = await work.current();
    const pending = await work.pending();
    await work.strategy(current).set({ current, pending }, work.secret);
  },
  async testSecret(work) {
    const pending = await work.pending();
    await work.strategy(pending).test(pending, work.secret);
  },
  async finishSecret(work) {
    // Steps may be called out of order; what does not work now must not become current.
    await STEPS.testSecret(work);
    const { versionId: toVersionId, secret } = work;
    const fromVersionId = Object.keys(secret.stages).find((id) => secret.stages[id]?.includes(CURRENT));
    if (fromVersionId === undefined) throw work.missing(CURRENT, 'NO_CURRENT_VALUE');
    await work.store.moveStage(work.secretId, { stage: CURRENT, fromVersionId, toVersionId });
    await work.giveUpPrevious();
  },
};

interface WorkParts {
  readonly store: SecretStore;
  readonly strategies: Strategies;
  readonly secretId: string;
  readonly versionId: string;
  readonly secret: SecretDescription;
}

/** One step on one version of one secret. */
class RotationStepRun {
  readonly store: SecretStore;
  readonly secretId: string;
  readonly versionId: string;
  readonly secret: SecretDescription;
  readonly #strategies: Strategies;

  constructor({ store, strategies, secretId, versionId, secret }: WorkParts) {
    this.store = store;
    this.secretId = secretId;
    this.versionId = versionId;
    this.secret = secret;
    this.#strategies = strategies;
  }

  get pendingVersion(): VersionChoice {
    return { stage: PENDING, versionId: this.versionId };
  }

  strategy({ kind }: Credential): RotationStrategy {
    return this.#strategies[kind];
  }

  async current(): Promise<Credential> {
    const credential = await this.read({ stage: CURRENT });
    if (credential === null) throw this.missing(CURRENT, 'NO_CURRENT_VALUE');
    return credential;
  }

  async pending(): Promise<Credential> {
    const credential = await this.read(this.pendingVersion);
    if (credential === null) throw this.missing(PENDING, 'NO_PENDING_VALUE');
    return credential;
  }

  /** Behind the move of AWSCURRENT, and again when a crash fell between the two. */
  async giveUpPrevious(): Promise<void> {
    const current = await this.current();
    await this.strategy(current).giveUpPrevious?.(current, this.secret);
  }

  async read(choice: VersionChoice): Promise<Credential | null> {
    const text = await this.store.read(this.secretId, choice);
    if (text === null) return null;
    const credential = readCredential(text);
    if (credential !== null) return credential;
    throw new RotationError(
      `the value of ${choice.stage} is not a credential that can be rotated: put one with a kind`,
      {
        code: 'VALUE_INVALID',
        secretName: this.secret.name,
      },
    );
  }

  missing(stage: string, code: RotationFailure): RotationError {
    return new RotationError(`no value carries ${stage}: put one, then rotate again`, {
      code,
      secretName: this.secret.name,
    });
  }
}
