/**
 * The broker offers no way to change a credential by program, so this is the operator's step: he changes it at the
 * broker, logs in with it, and puts it as a version with the stage OPERATOR_ENTERED. Until then every attempt fails
 * with the deadline, and after the deadline it fails as overdue. Nothing is ever made up here.
 */

import { exchangeTime } from '../../../shared/domain/calendar/exchange-time.ts';
import { readCredential } from '../../../shared/contracts/credentials.v1.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { SecretDescription, SecretStore } from '../../../shared/ports/secret-store.ts';
import { RotationError } from '../rotation-error.ts';
import { ofKind, type RotationStrategy } from './strategy.ts';

const KIND = 'broker_api_key';
const OPERATOR_ENTERED = 'OPERATOR_ENTERED';

export function brokerApiKey(deps: {
  readonly store: Pick<SecretStore, 'read'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}): RotationStrategy {
  return {
    async next(value, secret) {
      const current = ofKind(KIND, value, secret);
      const text = await deps.store.read(secret.name, { stage: OPERATOR_ENTERED });
      if (text === null) throw awaited(current.renewByMs, deps.clock.nowMs(), secret);
      const entered = readCredential(text);
      if (entered === null) throw unreadable(secret);
      const next = ofKind(KIND, entered, secret);
      // The entry of the last rotation keeps its stage.
      if (next.password === current.password) throw awaited(current.renewByMs, deps.clock.nowMs(), secret);
      return next;
    },
    async set({ current, pending }, secret) {
      ofKind(KIND, current, secret);
      ofKind(KIND, pending, secret);
    },
    async test(value, secret) {
      if (ofKind(KIND, value, secret).confirmedMs !== null) return;
      throw new RotationError('confirmedMs is null: log in at the broker with it, then put it again with that time', {
        code: 'TEST_FAILED',
        secretName: secret.name,
      });
    },
  };
}

function awaited(renewByMs: number, nowMs: number, { name }: SecretDescription): RotationError {
  const isOverdue = nowMs > renewByMs;
  const due = `${isOverdue ? 'was' : 'is'} due ${exchangeTime(renewByMs)}`;
  const fix = `change it at the broker and put it with the stage ${OPERATOR_ENTERED}`;
  return new RotationError(`the operator's new credential ${due}: ${fix}`, {
    code: isOverdue ? 'OPERATOR_OVERDUE' : 'OPERATOR_PENDING',
    secretName: name,
    retryable: true,
  });
}

function unreadable({ name }: SecretDescription): RotationError {
  return new RotationError(`what ${OPERATOR_ENTERED} holds is not a credential: put an object of kind ${KIND}`, {
    code: 'VALUE_INVALID',
    secretName: name,
  });
}
