/**
 * Where whoever logs in gets the credential that holds now, since rotation changes it at any time.
 */

export interface CredentialSource<Value> {
  /** The newest that is known; as old as a cache allows. */
  current(): Promise<Value>;
  /** Asked for now, because this one was refused. Null: there is no other. */
  renewed(refused: Value): Promise<Value | null>;
}

/** SQLSTATE: wrong password, and no such role or not allowed to log in. */
const REFUSED_LOGIN = new Set(['28P01', '28000']);

export function isRefusedLogin(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && REFUSED_LOGIN.has(code);
}
