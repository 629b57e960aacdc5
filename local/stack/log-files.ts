/**
 * One log file per process in `<data>/logs`, moved aside at start once it has grown past the cap.
 */

import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LOG_BYTES_MAX = 10 * 1024 * 1024;
const TAIL_BYTES = 8_192;

export function logPath(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}

/** Opens the log of a process for appending; the caller closes the descriptor. One older file is kept. */
export function openLog(dataDir: string, name: string, bytesMax: number = LOG_BYTES_MAX): number {
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const path = logPath(dataDir, name);
  if (existsSync(path) && statSync(path).size > bytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** The last lines of a process's log, as a person reads them: of JSON lines the message and the error. */
export function logTail(dataDir: string, name: string, lines: number): string[] {
  const path = logPath(dataDir, name);
  if (!existsSync(path)) return [];
  return readTail(path).split('\n').filter(Boolean).slice(-lines).map(readable);
}

/** The end of what was written to a log since it had `fromByte` bytes. */
export function logSince(dataDir: string, name: string, fromByte: number): string {
  const path = logPath(dataDir, name);
  return existsSync(path) ? readTail(path, fromByte) : '';
}

function readTail(path: string, fromByte = 0): string {
  const { size } = statSync(path);
  const buffer = Buffer.alloc(Math.min(Math.max(size - fromByte, 0), TAIL_BYTES));
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
  } finally {
    closeSync(descriptor);
  }
  return buffer.toString('utf8');
}

function readable(line: string): string {
  try {
    const entry = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    const cause = entry.err?.message;
    return [entry.msg, cause].filter((part) => part !== undefined).join(': ') || line;
  } catch {
    return line;
  }
}
