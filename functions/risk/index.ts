/**
 * Lambda entry of risk: picks adapters by the environment and wraps the handler.
 */

import { functionParts, queueFunction } from '../../shared/entry/function-parts.ts';
import { createRisk } from './handler.ts';

export const handler = queueFunction('risk', functionParts('risk', process.env), createRisk());
