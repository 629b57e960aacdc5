/**
 * Which sessions of a run a data folder has begun, known without its database: the gateway's journal has a file of each.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionDate } from '../../shared/domain/calendar/session-date.ts';

const FILE = /^(\d{8})\.jsonl$/;

/** In order. */
export function begunSessions(dataDir: string, runId: string): SessionDate[] {
  const folder = join(dataDir, 'journal', runId);
  if (!existsSync(folder)) return [];
  const dates = readdirSync(folder).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  return dates.map(Number).sort((one, other) => one - other);
}
