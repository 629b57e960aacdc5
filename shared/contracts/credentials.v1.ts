/**
 * What a secret holds: one JSON object per credential, whose `kind` says how it is rotated.
 *
 * Names of roles go into SQL that takes no parameters, so they are held to the plainest form.
 */

import * as z from 'zod';

const roleName = z.string().regex(/^[a-z_][a-z0-9_]{0,60}$/);
/** ASCII, so that SASLprep leaves it as it is. */
const password = z.string().regex(/^[\x21-\x7e]{8,256}$/);
const epochMs = z.number().int().min(0);

/** Where a database is and who asks. */
export const databaseAccessSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  database: z.string().min(1),
  username: roleName,
  password,
});

const databasePassword = databaseAccessSchema.extend({
  kind: z.literal('database_password'),
  /** The role whose grants both login roles inherit. */
  group: roleName,
});

/** An administrator of the database. Two take turns, each made and changed by the other. */
const databaseAdmin = databaseAccessSchema.extend({
  kind: z.literal('database_admin'),
  alternate: roleName,
});

/** A bearer token of one of our own HTTP services. */
const serviceToken = z.object({ kind: z.literal('service_token'), token: z.string().min(32).max(512) });

const brokerApiKey = z.object({
  kind: z.literal('broker_api_key'),
  username: z.string().min(1),
  password: z.string().min(1),
  /** The operator's deadline: until then the next value has to be there. */
  renewByMs: epochMs,
  /** When the operator logged in at the broker with exactly this; null: nobody has. */
  confirmedMs: epochMs.nullable(),
});

/** Names the vault's key-encryption key under which every data key is wrapped. The key itself never leaves the vault. */
const encryptionKeys = z.object({ kind: z.literal('encryption_keys'), generation: z.number().int().min(1) });

const credentialSchema = z.discriminatedUnion('kind', [
  databasePassword,
  databaseAdmin,
  serviceToken,
  brokerApiKey,
  encryptionKeys,
]);

export type DatabaseAccess = Readonly<z.infer<typeof databaseAccessSchema>>;
export type DatabaseCredential = Readonly<z.infer<typeof databasePassword>>;
export type AdminCredential = Readonly<z.infer<typeof databaseAdmin>>;
export type Credential = Readonly<z.infer<typeof credentialSchema>>;
export type CredentialKind = Credential['kind'];

/** Null when it is invalid. The reason is left out on purpose: it could quote a secret. */
export function readCredential(text: string): Credential | null {
  return readAs(credentialSchema, text);
}

/** Null when it is invalid. */
export function readDatabaseAccess(text: string): DatabaseAccess | null {
  return readAs(databaseAccessSchema, text);
}

/** Null when it is invalid. */
export function readServiceToken(text: string): string | null {
  return readAs(serviceToken, text)?.token ?? null;
}

function readAs<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
