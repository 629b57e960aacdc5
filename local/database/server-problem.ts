/**
 * Why a server that is not ours to start could not be prepared, and what to do about it.
 */

import { DatabaseError, toDatabaseError } from '../../shared/adapters/postgres/connection/database-error.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, messageOf, Problem } from '../problem.ts';
import { sqlState } from './connect.ts';

export interface ServerContext {
  /** `host:port` as it was called. */
  readonly server: string;
  /** The name in its certificate, where TLS is insisted on. */
  readonly certificateName: string | null;
  /** The secret with the login of its administrator. */
  readonly administrator: string;
  /** Where the server may be, when nobody answers. */
  readonly whereabouts: string;
}

const LOGIN_REFUSED = new Set(['28P01', '28000']);
const NO_RIGHT = '42501';
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
/** What OpenSSL calls a chain that ends at nobody whom we trust, or that has run out. */
const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_)/;
const WITHOUT_TLS = /does not support SSL/;
const NO_ANSWER = /timeout expired/;

/** Null: not the server's doing. */
export function serverProblem(cause: unknown, about: ServerContext): Problem | null {
  const reason = reasonOf(cause, about);
  if (reason === null) return null;
  const { exitCode = EXIT_DEPENDENCY_DOWN, says, fix } = reason;
  return new Problem(`the database server ${about.server} ${says}`, { fix, exitCode, cause });
}

interface Reason {
  readonly says: string;
  readonly fix: string;
  readonly exitCode?: number;
}

function reasonOf(error: unknown, about: ServerContext): Reason | null {
  const code = sqlState(error);
  const message = messageOf(error);
  if (UNTRUSTED.test(code)) return untrusted(message);
  if (code === OTHER_NAME) return otherName(about);
  if (WITHOUT_TLS.test(message)) return WITHOUT;
  if (LOGIN_REFUSED.has(code)) return loginRefused(message, about);
  if (code === NO_RIGHT) return noRight(message, about);
  const known = toDatabaseError(error);
  const isAway = NO_ANSWER.test(message) || (known instanceof DatabaseError && known.retryable);
  if (isAway) return { says: `does not answer: ${message || code}`, fix: about.whereabouts };
  if (!(known instanceof DatabaseError)) return null;
  return { says: `refused: ${message}`, fix: 'put that right, then run the command again', exitCode: EXIT_FAILED };
}

function untrusted(message: string): Reason {
  return {
    says: `has a certificate that nobody known here signed, or that has run out: ${message}`,
    fix: "give the file of its signers with --ca FILE; on AWS that is the region's certificate bundle of RDS (its guide: SSL/TLS)",
  };
}

function otherName({ certificateName }: ServerContext): Reason {
  return {
    says: `has a certificate that is not for ${certificateName}`,
    fix: `${certificateName} is what the secrets say: give a --server that leads there`,
  };
}

const WITHOUT: Reason = {
  says: 'does not speak TLS, and passwords go to this target under TLS only',
  fix: 'turn TLS on there (ssl=on), or give a --server that leads to the database of the target',
};

function loginRefused(message: string, { administrator }: ServerContext): Reason {
  return {
    says: `refused a login: ${message}`,
    fix: `the administrator's is in the secret ${administrator}: see that it is of this server, or name another with --admin-secret`,
  };
}

function noRight(message: string, { administrator }: ServerContext): Reason {
  return {
    says: `gives the login of ${administrator} too few rights: ${message}`,
    fix: 'it has to own the database or be allowed to make one (CREATEDB), have CREATEROLE, and ADMIN on jules_owner, jules_app and jules_reader where they are there already',
    exitCode: EXIT_FAILED,
  };
}
