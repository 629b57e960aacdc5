/**
 * One account and region at one endpoint, and the login for it.
 */

export interface Place {
  /** Null: AWS itself. */
  readonly endpoint: string | null;
  readonly account: string;
  readonly region: string;
  /** Absent: the SDK's default chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An emulator checks nothing. */
const EMULATOR_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;
const EMULATOR_ACCOUNT = '000000000000';

export function emulatorPlace(endpoint: string, region: string): Place {
  return { endpoint, account: EMULATOR_ACCOUNT, region, credentials: EMULATOR_CREDENTIALS };
}
