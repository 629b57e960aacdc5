/**
 * Makes one self-contained ES module of each function, SDK included: NAME/index.mjs, its source map, and its files.
 *
 * Synchronous, because constructs are; and all at once, because functions share most of what is read.
 */

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { FUNCTION_NAMES, type FunctionName } from '../shared/topology.ts';

/** Beside package.json, a folder for each process: two may synthesise at once. Gone when it ends; assets are copies. */
const BUNDLES = `.jules/bundles/${process.pid}`;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Packages inside that are CommonJS ask for Node's own modules by `require`, which an ES module does not have. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

interface FileCopy {
  readonly of: FunctionName;
  readonly from: string;
  readonly to: string;
}

/** What a function reads from its folder at run time. */
const FILES: readonly FileCopy[] = [
  { of: 'report', from: 'functions/report/page/static', to: 'static' },
  { of: 'report', from: 'node_modules/uplot/package.json', to: 'node_modules/uplot/package.json' },
  { of: 'report', from: 'node_modules/uplot/dist/uPlot.esm.js', to: 'node_modules/uplot/dist/uPlot.esm.js' },
  { of: 'report', from: 'node_modules/uplot/dist/uPlot.min.css', to: 'node_modules/uplot/dist/uPlot.min.css' },
];

/** Bundles all functions when the first of them is asked for. */
export function bundledCode(): (name: FunctionName) => Code {
  let folders: ReadonlyMap<FunctionName, string> | null = null;
  return (name) => {
    folders ??= bundleForThisProcess();
    return Code.fromAsset(folders.get(name) ?? '');
  };
}

let isTidied = false;

function bundleForThisProcess(): ReadonlyMap<FunctionName, string> {
  const parent = join(ROOT, BUNDLES);
  if (!isTidied) process.once('exit', () => rmSync(parent, { recursive: true, force: true }));
  isTidied = true;
  return bundleFunctions(parent);
}

/**
 * The folder of each bundle below `parent`, which is emptied first. What went into a bundle is in its source map.
 *
 * Throws what esbuild throws, which names file and line.
 *
 * @internal Exported for its tests.
 */
export function bundleFunctions(parent: string): ReadonlyMap<FunctionName, string> {
  rmSync(parent, { recursive: true, force: true });
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: FUNCTION_NAMES.map((name) => `functions/${name}/index.ts`),
    outbase: 'functions',
    outdir: parent,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    // Logs and metrics tell errors by the names of their classes.
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    // Nothing but the injected file reads it, and that when it is needed.
    sourcemap: 'external',
    inject: ['stacks/inject/lazy-source-map.ts'],
    sourcesContent: false,
    banner: { js: BANNER },
    // Optional for `pg`, native, and not installed.
    external: ['pg-native'],
    logLevel: 'error',
  });
  for (const { of, from, to } of FILES) cpSync(join(ROOT, from), join(parent, of, to), { recursive: true });
  return new Map(FUNCTION_NAMES.map((name) => [name, join(parent, name)]));
}
