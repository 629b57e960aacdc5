/**
 * What `start` is asked with.
 */

import type { MarketOptions } from '../../../stack/start-plan.ts';

export interface StartOptions extends MarketOptions {
  readonly port?: number;
  readonly data?: string;
  readonly json?: boolean;
  /** Restart the parts whose code changes. */
  readonly watch?: boolean;
}
