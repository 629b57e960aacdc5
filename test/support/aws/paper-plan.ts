/**
 * The plan of a paper stack on a generated market, for tests of what is around it.
 */

import type { StackPlan } from '../../../local/stack/stack-plan.ts';
import { runConfig } from '../core/core.ts';

export function paperPlan(overrides: Partial<StackPlan> = {}): StackPlan {
  const { runId: _, bookId: __, ...config } = runConfig({ market: 'generated', symbols: ['AAPL'] });
  return {
    kind: 'paper',
    config,
    source: { kind: 'generated', seed: 1, startSession: 20_260_105 },
    clock: { kind: 'speed', factor: 60 },
    stage: 'default',
    pagePort: null,
    ...overrides,
  };
}
