/**
 * Verifies and shows the audit log of a data folder, running or not, in the role that can only read.
 */

import { existsSync } from 'node:fs';
import type { Client } from 'pg';
import { auditChains, auditRows, latestAuditRows } from '../../../../shared/adapters/postgres/audit/audit-rows.ts';
import type { HeadChecker } from '../../../../shared/ports/head-signer.ts';
import { readExportedLines } from '../../../../shared/runtime/audit/head-files.ts';
import { readChecker, signingKeyPath } from '../../../../shared/runtime/audit/signing-key.ts';
import { type LogReport, verifyLog } from '../../../../shared/runtime/audit/verify-log.ts';
import { counted } from '../../../../shared/read-models/format.ts';
import type { AuditRow } from '../../../../shared/domain/audit/chain.ts';
import { journalFinding } from '../../../host/journal-shipping.ts';
import { vaultPlaces } from '../../../vault/store/places.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, messageOf, Problem } from '../../../problem.ts';
import { entryJson, entryLine } from './entry-line.ts';
import type { CliContext } from '../../context.ts';
import { withDatabase } from '../../reach/database-session.ts';
import { postgresDriver } from '../../reach/embedded-postgres.ts';
import { connectReader } from '../../reach/read-only-connection.ts';
import type { Terminal } from '../../shell/terminal.ts';

export interface AuditVerifyOptions {
  readonly data?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export interface AuditShowOptions {
  readonly data?: string;
  readonly run?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const NO_SUCH_TABLE = '42P01';
const RUNS_SHOWN_MAX = 6;

export async function verifyAudit(options: AuditVerifyOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { report, tookMs } = await onLog(options, context, async (client, dataDir) => {
    const checker = checkerOf(options.key, dataDir);
    // Before the log, which may grow meanwhile.
    const lines = readExportedLines(dataDir);
    const startedMs = performance.now();
    const { journalDir } = vaultPlaces(dataDir);
    const journal = (last: AuditRow) => journalFinding(journalDir, last);
    const result = await verifyLog(auditRows(client), { lines, checker, journal });
    return { report: result, tookMs: performance.now() - startedMs };
  });
  if (options.json) terminal.out(JSON.stringify({ ...report, tookMs: Math.round(tookMs) }));
  else printReport(terminal, report, tookMs);
  return report.ok ? EXIT_OK : EXIT_FAILED;
}

export async function showAudit(options: AuditShowOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { run = null, limit } = options;
  const rows = await onLog(options, context, async (client) => {
    const found = await latestAuditRows(client, run, limit);
    if (run !== null && found.length === 0) throw noChain(run, await auditChains(client));
    return found;
  });
  if (rows.length === 0) terminal.note('no entries yet');
  for (const row of rows) terminal.out(options.json ? JSON.stringify(entryJson(row)) : entryLine(row, terminal));
  return EXIT_OK;
}

/** Chains of a run are named after it: RUN/risk and its like. */
function noChain(run: string, chains: readonly string[]): Problem {
  const runs = [...new Set(chains.map((chain) => chain.split('/')[0]!))];
  const more = runs.length > RUNS_SHOWN_MAX ? `, and ${runs.length - RUNS_SHOWN_MAX} more` : '';
  return new Problem(`--run: the audit log has no entry of '${run}'`, {
    fix:
      runs.length === 0
        ? 'the log has no entries yet'
        : `it has entries of: ${runs.slice(0, RUNS_SHOWN_MAX).join(', ')}${more}`,
    exitCode: EXIT_FAILED,
  });
}

function onLog<Result>(
  { data }: { readonly data?: string },
  context: CliContext,
  work: (client: Client, dataDir: string) => Promise<Result>,
): Promise<Result> {
  const request = { data, driver: postgresDriver(null, []), migrates: false };
  return withDatabase(request, context, async (session) => {
    const client = await connectReader(session);
    try {
      return await work(client, session.dataDir);
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== NO_SUCH_TABLE) throw cause;
      throw new Problem(`the database of ${session.dataDir} has no audit log yet`, {
        fix: `./jules migrate --data ${session.dataDir} brings it up to date`,
        exitCode: EXIT_FAILED,
        cause,
      });
    } finally {
      await client.end();
    }
  });
}

/** Null where the folder has no key; then no exported head can be believed. */
function checkerOf(file: string | undefined, dataDir: string): HeadChecker | null {
  const path = file ?? signingKeyPath(dataDir);
  if (file === undefined && !existsSync(path)) return null;
  try {
    return readChecker(path);
  } catch (cause) {
    throw new Problem(`--key: ${messageOf(cause)}`, {
      fix: 'name a PEM file with an Ed25519 key, such as the public one in audit-heads of the data folder',
      exitCode: EXIT_USAGE,
      cause,
    });
  }
}

function printReport(terminal: Terminal, report: LogReport, tookMs: number): void {
  const { entries, chains, exports, findings, headFindings } = report;
  for (const { chain, sequence, problem, detail } of findings) {
    terminal.out(`${terminal.paint('red', problem)}  ${chain}, entry ${sequence}: ${detail}`);
  }
  for (const { place, problem, detail } of headFindings) {
    terminal.out(`${terminal.paint('red', problem)}  ${place}: ${detail}`);
  }
  const verdict = report.ok ? terminal.paint('green', 'verifies') : terminal.paint('red', 'does not verify');
  const extent = `${counted(entries, 'entry', 'entries')} in ${counted(chains, 'chain')}`;
  terminal.out(`the audit log ${verdict}: ${extent}, ${counted(exports, 'export')} of heads`);
  terminal.note(`took ${(tookMs / 1_000).toFixed(2)} s`);
  if (exports === 0) terminal.note('no heads are exported yet: what is cut off the end of a chain would go unnoticed');
}
