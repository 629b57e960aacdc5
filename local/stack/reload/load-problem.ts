/**
 * Why a file does not parse, or a process could not run it: one line that names file and line number.
 */

import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { relative } from 'node:path';

const CODE = /\.[cm]?[jt]s$/;
/** `/a/b.ts:12` or `file:///a/b.ts:12`: how Node names the place above the line that it quotes. */
const PLACE = /^(?:file:\/\/)?(\/\S+\.[cm]?[jt]s):(\d+)$/m;
const REASON = /^(?:Uncaught )?(\w*Error(?: \[\w+\])?: .+)$/m;
/** Without a place of its own: the module that imports it is named in the reason. */
const MODULE_NOT_FOUND = 'ERR_MODULE_NOT_FOUND';

/** Null where the file parses, is gone, or is not a code. Its path is shortened by `root`. */
export function syntaxProblem(path: string, root: string): string | null {
  if (!CODE.test(path)) return null;
  try {
    stripTypeScriptTypes(readFileSync(path, 'utf8'), { sourceUrl: path });
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const { stack = '', message } = error as Error;
    const line = PLACE.exec(stack)?.[2];
    return `${relative(root, path)}${line === undefined ? '' : `:${line}`} ${message}`;
  }
}

/** The error of our code that ended a process, from what it wrote; null where it ended for another reason. */
export function loadProblem(output: string, root: string): string | null {
  const text = output.split('\n').map(stackOrLine).join('\n');
  const reason = REASON.exec(text)?.[1];
  const place = PLACE.exec(text);
  if (reason === undefined) return null;
  if (place !== null) return `${relative(root, place[1]!)}:${place[2]} ${reason}`;
  return reason.includes(MODULE_NOT_FOUND) ? reason.replaceAll(`${root}/`, '') : null;
}

/** A process that logs its end has the error's stack in one JSON line. */
function stackOrLine(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    return (JSON.parse(line) as { err?: { stack?: string } }).err?.stack ?? '';
  } catch {
    return line;
  }
}
