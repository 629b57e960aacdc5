/**
 * Which version of a secret has which staging label.
 */

import * as z from 'zod';
import type { Call } from './vault.ts';

const secretSchema = z.object({
  Name: z.string(),
  VersionIdsToStages: z.record(z.string(), z.array(z.string())).default({}),
});
type SecretVersions = z.infer<typeof secretSchema>;

export async function readVersions(name: string, call: Call): Promise<SecretVersions> {
  return secretSchema.parse(await call('secretsmanager.DescribeSecret', { SecretId: name }));
}

/** Undefined: no version has the label. */
export function versionAt({ VersionIdsToStages }: SecretVersions, stage: string): string | undefined {
  return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(stage))?.[0];
}
