/**
 * The market sources by kind. A further one is a file that calls `defineSource`, and its line here.
 */

import type { MarketSource } from '../../shared/ports/market-source.ts';
import type { SourceConfig } from '../../shared/runtime/stack-file.ts';
import { csvSource } from './csv-source.ts';
import { generatedSource } from './generated-source.ts';

const SOURCES = [generatedSource, csvSource];

/** Throws RangeError for a kind that no source has, and whatever the source itself refuses. */
export function openSource(config: SourceConfig, symbols: readonly string[]): MarketSource {
  const source = SOURCES.find(({ kind }) => kind === config.kind);
  if (source !== undefined) return source.open(config, symbols);
  const known = SOURCES.map(({ kind }) => kind).join(', ');
  throw new RangeError(`source.kind: '${config.kind}' is not a market source; known are: ${known}`);
}
