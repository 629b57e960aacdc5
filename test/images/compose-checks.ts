/**
 * What the images promise together, through compose: every part healthy with the rights it is given, nothing reachable
 * from outside, no secret where it can be read, and a session whose ledger hash is the backtest's, whatever was killed.
 */

import { strict as assert } from 'node:assert';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeBarsFolder } from '../support/bars/bars-folder.ts';
import { attempt, run } from './command.ts';
import { COMPOSE_FILE, type Composition, createComposition } from './composition.ts';
import type { Docker } from './docker.ts';
import { untilHealthy } from './image-checks.ts';
import { makeLocalstack, makeTimescale } from './stand-ins.ts';
import { messageOf, type Suite } from './suite.ts';

const OWN = ['secrets', 'host', 'gateway', 'gpu-runner'];
const ALL = [...OWN, 'timescale', 'localstack'];
const STOP_GRACE_S = 15;
const HEALTHY_MS_MAX = 180_000;
/** A message that a killed process held comes back after a visibility timeout, one minute. */
const SESSION_MS_MAX = 480_000;
const POLL_MS = 1_000;
/** Half a day, which is enough. */
const SESSION = 20_250_703;
const START_DATE = '2025-07-03';
const SESSION_MINUTES = 210;
const SYMBOLS = ['AAPL', 'MSFT'];

export async function checkCompose(suite: Suite, docker: Docker, folder: string): Promise<void> {
  const tool = await chooseTool(suite, docker);
  if (tool === null) return;
  const areThere = await suite.check('stand-ins for TimescaleDB and LocalStack', async () => {
    await makeTimescale(docker, folder);
    await makeLocalstack(docker, folder);
    return undefined;
  });
  if (!areThere) return;
  const bars = writeBarsFolder({ symbols: SYMBOLS, sessions: [SESSION], seed: 5 });
  // The containers have a user of their own.
  chmodSync(bars, 0o755);
  const composition = await createComposition(docker, tool, { folder, bars, startDate: START_DATE });
  try {
    await checkRun(suite, docker, composition, bars);
  } finally {
    await composition.remove();
    rmSync(bars, { recursive: true, force: true });
  }
}

/** Each that is here has to understand the files; the first runs them. */
async function chooseTool(suite: Suite, docker: Docker): Promise<readonly string[] | null> {
  const tools = [
    { name: 'docker-compose 1.29', command: ['docker-compose'] },
    { name: 'compose v2', command: [docker.client, 'compose'] },
  ];
  const found: (readonly string[])[] = [];
  for (const { name, command } of tools) {
    if ((await attempt([...command, 'version'], { env: docker.env })).code !== 0) {
      suite.cannot(name, 'it is not installed here');
      continue;
    }
    found.push(command);
    await suite.check(`${name}: understands the compose files`, () => understands(command, docker));
  }
  return found[0] ?? null;
}

async function understands(command: readonly string[], docker: Docker): Promise<undefined> {
  const files = ['--file', COMPOSE_FILE];
  const variants = [files, [...files, '--file', join('local/compose', 'docker-compose.token.yml')]];
  for (const profile of ['cpu', 'gpu']) {
    for (const variant of variants) {
      const env = { ...docker.env, COMPOSE_PROFILES: profile };
      await run([...command, ...variant, 'config', '--quiet'], { env });
    }
  }
}

async function checkRun(suite: Suite, docker: Docker, composition: Composition, bars: string): Promise<void> {
  const isUp = await suite.check('compose: every part becomes healthy', () => comesUp(docker, composition));
  if (!isUp) return;
  await suite.check('compose: host and gateway come back after kill -9 in the session', () =>
    survives(docker, composition),
  );
  await suite.check('compose: what is published is on loopback', () => loopback(docker, composition));
  await suite.check('compose: our containers have a read-only system and no rights', () => rights(docker, composition));
  await suite.check('compose: no secret is in an environment, a command or a label', () =>
    noSecrets(docker, composition),
  );
  await suite.check('compose: a session through LocalStack has the ledger hash of the backtest', () =>
    sameLedger(composition, bars),
  );
  await suite.check(`compose: SIGTERM ends every part within ${STOP_GRACE_S} s`, () => stops(docker, composition));
  await suite.check('compose: a second start continues the run', () => continues(docker, composition));
}

async function comesUp(docker: Docker, composition: Composition): Promise<string> {
  try {
    await composition.up();
  } catch (error) {
    const logs = await composition.compose(['logs', '--no-color', '--tail', '12']).catch(messageOf);
    throw new Error(`${messageOf(error)}\n${logs}`, { cause: error });
  }
  for (const service of ALL) await untilHealthy(docker, await composition.container(service), HEALTHY_MS_MAX);
  const page = await fetch(`http://127.0.0.1:${composition.pagePort}/`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<title>/);
  return `${ALL.length} parts, and the page answers`;
}

async function loopback(docker: Docker, composition: Composition): Promise<string> {
  const published: string[] = [];
  for (const service of ALL) {
    const format =
      '{{range $port, $bindings := .NetworkSettings.Ports}}{{range $bindings}}{{.HostIp}}:{{.HostPort}} {{end}}{{end}}';
    const out = await docker.run(['inspect', '--format', format, await composition.container(service)]);
    published.push(...out.split(/\s+/).filter((each) => each !== ''));
  }
  assert.equal(published.length, 3);
  assert.deepEqual(
    published.filter((each) => !each.startsWith('127.0.0.1:')),
    [],
  );
  return published.join(', ');
}

async function rights(docker: Docker, composition: Composition): Promise<undefined> {
  for (const service of OWN) {
    const { HostConfig, Config } = await inspect(docker, await composition.container(service));
    assert.deepEqual([service, HostConfig.ReadonlyRootfs, HostConfig.CapDrop], [service, true, ['ALL']]);
    assert.deepEqual([HostConfig.SecurityOpt, HostConfig.Privileged], [['no-new-privileges:true'], false]);
    assert.equal(Config.User, '10001:10001');
  }
}

interface Inspected {
  readonly Config: { readonly User: string };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[];
    readonly SecurityOpt: readonly string[];
    readonly Privileged: boolean;
  };
}

async function inspect(docker: Docker, container: string): Promise<Inspected> {
  return (JSON.parse(await docker.run(['inspect', container])) as [Inspected])[0];
}

async function noSecrets(docker: Docker, composition: Composition): Promise<string> {
  const script = `
    import { readAccessKey } from '/app/shared/runtime/access-key-file.ts';
    import { secretsOfStack } from '/app/local/cli/reach/stack-secrets.ts';
    import { SECRETS } from '/app/shared/topology.ts';
    const secrets = secretsOfStack('/data', process.env);
    const names = Object.values(SECRETS).filter(({ kind }) => kind !== 'broker_api_key').map(({ name }) => name);
    const values = (await Promise.all(names.map((name) => secrets.get(name)))).map(({ text }) => JSON.parse(text));
    const hidden = values.flatMap(({ password, token }) => [password, token]).filter(Boolean);
    console.log(JSON.stringify([...hidden, readAccessKey('/data').secretAccessKey]));`;
  const hidden = JSON.parse(await composition.evaluate('host', script)) as string[];
  assert(hidden.length >= 7 && hidden.every((each) => each.length >= 30), `only ${hidden.length} secrets were found`);
  for (const service of [...ALL, 'prepare', 'migrate']) {
    const text = await docker.run(['inspect', await composition.container(service)]);
    const logs = await docker.attempt(['logs', await composition.container(service)]);
    const told = text + logs.stdout + logs.stderr;
    assert.equal(hidden.filter((each) => told.includes(each)).length, 0, `${service} shows a secret`);
  }
  return `${hidden.length} secrets looked for, in logs as well`;
}

/** Behind an init process, the process itself can be killed from inside, which docker does not count as a stop. */
async function survives(docker: Docker, composition: Composition): Promise<string> {
  const kill = `
    import { readdirSync, readFileSync } from 'node:fs';
    const isOurs = (pid) => /main\\.ts/.test(readFileSync('/proc/' + pid + '/cmdline', 'utf8'));
    const pids = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && Number(name) > 1 && Number(name) !== process.pid);
    for (const pid of pids.filter(isOurs)) process.kill(Number(pid), 'SIGKILL');`;
  const health = `console.log(await (await fetch('http://127.0.0.1:4760/healthz')).text())`;
  const { minuteIndex } = JSON.parse(await composition.evaluate('gateway', health)) as { minuteIndex: number };
  assert(minuteIndex < SESSION_MINUTES - 1, 'the session was over before anything was killed');
  for (const service of ['gateway', 'host']) {
    const container = await composition.container(service);
    const before = await restarts(docker, container);
    await composition.evaluate(service, kill);
    while ((await restarts(docker, container)) === before) await pause(POLL_MS / 10);
    await untilHealthy(docker, container, HEALTHY_MS_MAX);
  }
  return `in minute ${minuteIndex}; restarted by docker, healthy again`;
}

async function restarts(docker: Docker, container: string): Promise<number> {
  return Number(await docker.run(['inspect', '--format', '{{.RestartCount}}', container]));
}

async function sameLedger(composition: Composition, bars: string): Promise<string> {
  const options = ['--bars', bars, '--symbols', SYMBOLS.join(','), '--date', START_DATE, '--json'];
  const expected = JSON.parse(await run(['./jules', 'backtest', ...options])) as { ledgerHash: string };
  const read = `
    import { withDatabase } from '/app/local/cli/reach/database-session.ts';
    import { readStoredRun } from '/app/local/cli/reach/stored-run.ts';
    import { readStackFile } from '/app/shared/runtime/stack-file.ts';
    const { runId } = readStackFile('/data').run;
    const stored = await withDatabase({ data: '/data', driver: null, migrates: false }, { env: process.env }, (session) =>
      readStoredRun(session, runId));
    console.log(JSON.stringify({ ...stored.summary, minutes: stored.latency.length }));`;
  const stored = await untilComplete(() => composition.evaluate('host', read));
  assert.equal(stored.ledgerHash, expected.ledgerHash);
  assert.equal(stored.minutes, SESSION_MINUTES);
  return `${stored.minutes} minutes, ${stored.ledgerHash.slice(0, 12)}…`;
}

/** A session that is still played cannot be derived. */
async function untilComplete(read: () => Promise<string>): Promise<{ ledgerHash: string; minutes: number }> {
  const deadlineMs = performance.now() + SESSION_MS_MAX;
  for (;;) {
    try {
      return JSON.parse(await read()) as { ledgerHash: string; minutes: number };
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await pause(POLL_MS);
    }
  }
}

async function stops(docker: Docker, composition: Composition): Promise<string> {
  const startedMs = performance.now();
  await composition.compose(['stop', '--timeout', String(STOP_GRACE_S), ...OWN]);
  const tookMs = performance.now() - startedMs;
  const codes: Record<string, number> = {};
  for (const service of OWN) {
    const container = await composition.container(service);
    codes[service] = Number(await docker.run(['inspect', '--format', '{{.State.ExitCode}}', container]));
  }
  assert.deepEqual(codes, Object.fromEntries(OWN.map((service) => [service, 0])), '137 means that it was killed');
  assert(tookMs < OWN.length * STOP_GRACE_S * 1_000);
  return `all with exit code 0, one after the other in ${(tookMs / 1_000).toFixed(1)} s`;
}

/** LocalStack has forgotten its queues by then; database, vault and journal have forgotten nothing. */
async function continues(docker: Docker, composition: Composition): Promise<string> {
  await composition.compose(['stop', '--timeout', '20']);
  await comesUp(docker, composition);
  const { stdout } = await docker.attempt(['logs', await composition.container('prepare')]);
  assert.match(stdout.trim().split('\n').at(-1)!, /^continues run paper-/);
  return 'the same run, healthy again';
}
