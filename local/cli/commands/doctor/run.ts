/**
 * Runs every check of `jules doctor` and prints them with their fixes.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { vaultPlaces } from '../../../vault/store/places.ts';
import { defaultDataDir, MARKER_FILE } from '../../../stack/data-dir.ts';
import { isHealthy } from '../../../stack/health.ts';
import { findHolder } from '../../../stack/lock.ts';
import { EXIT_FAILED, EXIT_OK, messageOf, Problem } from '../../../problem.ts';
import { lastStackFile } from '../../../stack/stack-store.ts';
import type { CliContext } from '../../context.ts';
import { withDatabase } from '../../reach/database-session.ts';
import { type Check, type CheckResult, failed, machineChecks, ok } from './checks.ts';
import { migrationState, postgresDriver } from '../../reach/embedded-postgres.ts';
import { withVault } from '../secrets/vault.ts';
import type { Terminal } from '../../shell/terminal.ts';

export interface DoctorOptions {
  readonly data?: string;
  readonly json?: boolean;
}

const statusSchema = z.object({ secrets: z.int() });

interface NamedResult extends CheckResult {
  readonly name: string;
}

export async function runDoctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const dataDir = resolve(options.data ?? defaultDataDir(context.env));
  const results: NamedResult[] = [];
  for (const check of [...machineChecks(dataDir, context.env), ...stackChecks(dataDir, context)]) {
    const result = { name: check.name, ...(await runCheck(check)) };
    results.push(result);
    if (!options.json) print(context.terminal, result);
  }
  const isWell = results.every((result) => result.level !== 'failed');
  if (options.json) context.terminal.out(JSON.stringify({ ok: isWell, checks: results }));
  return isWell ? EXIT_OK : EXIT_FAILED;
}

async function runCheck(check: Check): Promise<CheckResult> {
  try {
    return await check.run();
  } catch (error) {
    if (error instanceof Problem) return failed(error.message, error.fix);
    return failed(messageOf(error), 'run again with JULES_LOG=debug and report what it prints');
  }
}

function stackChecks(dataDir: string, context: CliContext): Check[] {
  return [
    { name: 'secrets', run: () => checkSecrets(dataDir, context) },
    { name: 'database', run: () => checkDatabase(dataDir, context) },
    { name: 'processes', run: () => checkProcesses(dataDir) },
  ];
}

/** Opens the vault, or asks the process that holds it. */
async function checkSecrets(dataDir: string, context: CliContext): Promise<CheckResult> {
  const { vaultDir } = vaultPlaces(dataDir);
  if (!existsSync(vaultDir)) return ok('no vault yet');
  const status = statusSchema.parse(await withVault({ data: dataDir }, context, (call) => call('jules.Status', {})));
  return ok(`${status.secrets} secrets in the vault`);
}

async function checkDatabase(dataDir: string, context: CliContext): Promise<CheckResult> {
  if (!existsSync(join(dataDir, 'postgres'))) return ok('none yet; the first start makes it');
  const request = { data: dataDir, driver: postgresDriver(null, []), migrates: false };
  const { applied, pending } = await withDatabase(request, context, migrationState);
  if (pending === 0) return ok(`${applied} migrations applied`);
  return failed(`${pending} migrations are missing`, 'run ./jules migrate, or start once');
}

/** Each process of a running stack answers on its own port. */
async function checkProcesses(dataDir: string): Promise<CheckResult> {
  const file = lastStackFile(dataDir);
  const isOurs = existsSync(join(dataDir, MARKER_FILE));
  if (file === null || !isOurs || !(await findHolder(dataDir))?.url) return ok('no stack runs here');
  const { secrets, page, runner, gateway } = file.ports;
  const dead: string[] = [];
  for (const [name, port] of Object.entries({ secrets, host: page, 'gpu-runner': runner, gateway })) {
    if (!(await isHealthy(`http://127.0.0.1:${port}/healthz`))) dead.push(`${name} on port ${port}`);
  }
  if (dead.length === 0) return ok('secrets, host, gpu-runner and gateway answer');
  return failed(`${dead.join(', ')} does not answer`, `read the logs in ${join(dataDir, 'logs')}`);
}

const MARKS = { ok: ['green', 'ok     '], warning: ['yellow', 'warning'], failed: ['red', 'failed '] } as const;

function print(terminal: Terminal, result: NamedResult): void {
  const [style, mark] = MARKS[result.level];
  terminal.out(`${terminal.paint(style, mark)} ${result.name.padEnd(20)} ${result.found}`);
  if (result.fix !== '') terminal.out(`        fix: ${result.fix}`);
}
