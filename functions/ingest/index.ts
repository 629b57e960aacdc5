/**
 * Lambda entry of ingest: picks adapters by the environment and wraps the handler.
 */

import { functionParts, queueFunction } from '../../shared/entry/function-parts.ts';
import { createIngest } from './handler.ts';

export const handler = queueFunction('ingest', functionParts('ingest', process.env), createIngest());
