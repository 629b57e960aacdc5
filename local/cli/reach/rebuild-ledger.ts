/**
 * What a stored run amounts to: its result and its ledger, derived from its rows and nothing else.
 */

import type { LedgerSource } from '../../../shared/adapters/postgres/runs/ledger-rows.ts';
import { LedgerRebuild } from '../../../shared/domain/run/rebuild-ledger.ts';
import type { RiskSnapshot } from '../../../shared/domain/risk/account-stage.ts';
import type { RunConfig } from '../../../shared/domain/run/run-config.ts';
import type { RunMoney, RunSummary } from '../../../shared/domain/run/run-tally.ts';
import { MINUTE_MS } from '../../../shared/domain/units/units.ts';
import type { AccountRow } from '../../../shared/ports/repositories/accounts.ts';
import type { LatencyRow } from '../../../shared/ports/repositories/execution.ts';
import type { SessionRow } from '../../../shared/ports/repositories/runs.ts';
import { EXIT_FAILED, Problem } from '../../problem.ts';

export interface StoredRun {
  readonly summary: RunSummary;
  readonly latency: readonly LatencyRow[];
}

/** Throws Problem when the run is unknown or a session of it is not complete. `onRow` receives every ledger row. */
export async function rebuildStoredRun(
  source: LedgerSource,
  runId: string,
  onRow: ((row: string) => void) | null,
): Promise<StoredRun> {
  const record = await source.run(runId);
  if (record === null) {
    throw new Problem(`the database holds no run '${runId}'`, { fix: 'play it first', exitCode: EXIT_FAILED });
  }
  const { config, ledgerVersion } = record;
  const run = new LedgerRebuild({ config, ledgerVersion, onRow });
  const accounts = new Map((await source.accounts(runId)).map((row) => [row.session, row]));
  const sessions = await source.sessions(runId);
  for (const session of sessions) await addSession(run, { source, session, account: accounts.get(session.session) });
  const last = accounts.get(sessions.at(-1)?.session ?? 0);
  // A session of an earlier version has no digest on record.
  const daily = last?.dailyHash ?? (await source.dailyBars(config.symbols));
  return { summary: run.summary(moneyOf(config, last), daily), latency: await source.latency(runId) };
}

async function addSession(
  run: LedgerRebuild,
  parts: { source: LedgerSource; session: SessionRow; account: AccountRow | undefined },
): Promise<void> {
  const { source, session, account } = parts;
  const { runId, openMs, minutes } = session;
  if (account?.closed !== true) {
    throw new Problem(`session ${session.session} of run ${runId} is not complete`, {
      fix: 'let it play to its end first',
      exitCode: EXIT_FAILED,
    });
  }
  run.addSession({
    session: session.session,
    minutes,
    openMs,
    decisions: await source.decisions(runId, session.session),
    commands: await source.commands(runId, session.session),
    quarantined: await source.quarantinedMinutes(runId, session.session),
    fills: await source.fills(runId, session.session),
    bars: await source.bars(session, { fromMs: openMs, toMs: openMs + minutes * MINUTE_MS }),
    account: {
      cashE4: account.cashE4,
      equityE4: account.equityE4,
      accountPeakE4: account.accountPeakE4,
      limitReferenceE4: account.limitReferenceE4,
      realizedE4: account.realizedE4,
      feesE4: account.feesE4,
    },
  });
}

function moneyOf({ opening }: RunConfig, account: AccountRow | undefined): RunMoney {
  const openingE4 = opening.cashE4;
  if (account === undefined) {
    return { openingE4, equityE4: openingE4, feesE4: 0, maxDrawdownE4: 0, maxLimitDrawdownE4: 0, rearms: 0 };
  }
  const { equityE4, feesE4, maxDrawdownE4, maxLimitDrawdownE4 } = account;
  // The snapshot was written by the risk stage; the account row has no column for how often it was armed.
  const { rearms } = JSON.parse(account.snapshot) as RiskSnapshot;
  return { openingE4, equityE4, feesE4, maxDrawdownE4, maxLimitDrawdownE4, rearms };
}
