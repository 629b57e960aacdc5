/**
 * Whether a bearer token is one of a service's own.
 */

export interface TokenCheck {
  /** True for the current token and, until the overlap ends, for the one before it. Throws when nobody can say. */
  accepts(token: string): Promise<boolean>;
}
