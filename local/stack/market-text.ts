/**
 * What a run trades on, for people.
 */

import { generatedSourceSchema, recordedSourceSchema, type SourceConfig } from '../../shared/runtime/stack-file.ts';

/** Such as `generated market, seed 1`. */
export function marketText(source: SourceConfig): string {
  const generated = generatedSourceSchema.safeParse(source);
  if (generated.success) return `generated market, seed ${generated.data.seed}`;
  const recorded = recordedSourceSchema.safeParse(source);
  return recorded.success ? `recorded bars of ${recorded.data.barsDir}` : `market source ${source.kind}`;
}
