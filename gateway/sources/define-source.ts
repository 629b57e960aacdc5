/**
 * What a market source is to the registry: a kind, the schema of its configuration, and how it is opened.
 */

import type * as z from 'zod';
import type { MarketSource } from '../../shared/ports/market-source.ts';
import type { SourceConfig } from '../../shared/runtime/stack-file.ts';

export interface SourceDefinition {
  readonly kind: string;
  /** Throws ZodError where the configuration is not one of this kind. */
  open(config: SourceConfig, symbols: readonly string[]): MarketSource;
}

type SourceSchema = z.ZodObject<{ kind: z.ZodLiteral<string> }>;

export function defineSource<Schema extends SourceSchema>(
  schema: Schema,
  open: (config: z.infer<Schema>, symbols: readonly string[]) => MarketSource,
): SourceDefinition {
  return { kind: schema.shape.kind.value, open: (config, symbols) => open(schema.parse(config), symbols) };
}
