/**
 * Opens the source of a run: a generated market that never ends, or recorded sessions.
 */

import type { SourceConfig } from '../../shared/runtime/stack-file.ts';
import { openCsvSource } from './csv-source.ts';
import { openGeneratedSource } from './generated-source.ts';
import type { MarketSource } from './market-source.ts';

export type { MarketSource } from './market-source.ts';

/** Throws CsvError where recorded bars cannot be taken. */
export function openSource(config: SourceConfig, symbols: readonly string[]): MarketSource {
  if (config.kind === 'csv') return openCsvSource(config, symbols);
  return openGeneratedSource(config, symbols);
}
