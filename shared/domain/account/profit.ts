/**
 * What was gained, before and after fees: one definition for a session, a run, the page and the files.
 *
 * Money in 1e-4 USD. The equity already has the fees taken off.
 */

import type { UsdE4 } from '../units/units.ts';

export interface Profit {
  /** After fees. */
  readonly netE4: UsdE4;
  /** Before fees. */
  readonly grossE4: UsdE4;
}

export function profitOf(parts: { startE4: UsdE4; equityE4: UsdE4; feesE4: UsdE4 }): Profit {
  const netE4 = parts.equityE4 - parts.startE4;
  return { netE4, grossE4: netE4 + parts.feesE4 };
}
