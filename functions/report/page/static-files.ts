/**
 * The files of the page and of uPlot, read once at the first request: what is not on the list does not exist.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';

const STATIC = new URL('static/', import.meta.url);

const PAGE_FILES = [
  'index.html',
  'theme.css',
  'layout.css',
  'parts.css',
  'data.css',
  'controls.css',
  'icon.svg',
  'alerts.js',
  'boot.js',
  'charts.js',
  'commands.js',
  'connection.js',
  'dom.js',
  'figures.js',
  'format.js',
  'health.js',
  'main.js',
  'notice.js',
  'pieces.js',
  'sections.js',
  'session-choice.js',
  'store.js',
  'tables.js',
  'theme.js',
];

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly type: string;
}

const cache = new Map<string, Promise<StaticFile>>();

/** The answer for one file by its name below /static/, or null when it is not on the list. */
export async function staticFile(c: Context, name: string): Promise<Response | null> {
  const path = pathOf(name);
  if (path === null) return null;
  const reading = cache.get(name) ?? load(path);
  cache.set(name, reading);
  const file = await reading;
  const headers = { ETag: file.etag, 'Cache-Control': 'no-cache', 'Content-Type': file.type };
  if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers);
  return c.body(file.body, 200, headers);
}

function pathOf(name: string): string | null {
  if (PAGE_FILES.includes(name)) return fileURLToPath(new URL(name, STATIC));
  if (name === 'vendor/uplot.js') return fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'));
  if (name === 'vendor/uplot.css') return fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'));
  return null;
}

async function load(path: string): Promise<StaticFile> {
  const body = new Uint8Array(await readFile(path));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, etag, type: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream' };
}
