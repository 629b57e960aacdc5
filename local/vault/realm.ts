/**
 * Where the secrets of a workstation live, in the words of AWS: one account, one Region.
 */

import type { Realm } from '../emulators/secrets-manager/find-secret.ts';

export const LOCAL_REALM: Realm = { region: 'us-east-1', accountId: '000000000000' };

/** What rotates secrets here, whichever Region they name. */
export function rotationFunctionArn({ region, accountId }: Realm): string {
  return `arn:aws:lambda:${region}:${accountId}:function:rotate-secrets`;
}
