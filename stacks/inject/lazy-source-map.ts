/**
 * Goes into every bundle: stack traces name the TypeScript they come from, and the source map is read when the first
 * one is asked for. Node's own `--enable-source-maps` reads it as it loads the bundle, which is a third of a cold start.
 */

import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';

const PARENTS = /^(\.\.\/)+/;

/** V8 prints a call as it prints it in a trace. */
interface Call extends NodeJS.CallSite {
  toString(): string;
}

/** Undefined: nobody has asked yet. Null: there is none that can be read. */
let map: SourceMap | null | undefined;

Error.prepareStackTrace = (error, calls) => [String(error), ...(calls as Call[]).map(placeOf)].join('\n    at ');

/** As V8 prints a call, with the file, line and column of the source. */
function placeOf(call: Call): string {
  const text = call.toString();
  const file = call.getFileName();
  const line = call.getLineNumber();
  const column = call.getColumnNumber();
  if (file !== import.meta.url || line === null || column === null) return text;
  if (map === undefined) map = readMap();
  const origin = map?.findOrigin(line, column);
  if (!origin || !('fileName' in origin)) return text;
  const source = `${origin.fileName.replace(PARENTS, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  return text.replace(`${file}:${line}:${column}`, source);
}

/** A trace is wanted because something failed already: a map that cannot be read must not hide that. */
function readMap(): SourceMap | null {
  try {
    const text = readFileSync(new URL('index.mjs.map', import.meta.url), 'utf8');
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return null;
  }
}
