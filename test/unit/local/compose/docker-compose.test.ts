/** What the compose files promise, whatever daemon reads them: loopback, few rights, pinned images, no secret. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly restart?: string;
  readonly build?: { readonly dockerfile: string };
  readonly profiles?: readonly string[];
  readonly deploy?: object;
}

const FOLDER = 'local/compose';
const file = parse(readFileSync(join(FOLDER, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const services = Object.entries(file.services);
const own = services.filter(([, { image }]) => image.startsWith('jules/'));
const others = services.filter(([, { image }]) => !image.startsWith('jules/'));
/** They do one thing and end. */
const once = ['prepare', 'migrate'];

describe('the compose file', () => {
  it('has the parts of the stack', () => {
    expect(Object.keys(file.services).toSorted()).toEqual([
      'gateway',
      'gpu-runner',
      'gpu-runner-cuda',
      'host',
      'localstack',
      'migrate',
      'prepare',
      'secrets',
      'timescale',
    ]);
  });

  it('is understood by docker-compose 1.29: no name and no version at the top', () => {
    const known = /^(services|volumes|networks|secrets|configs|x-.+)$/;
    expect(Object.keys(file).filter((key) => !known.test(key))).toEqual([]);
  });

  it.each(services)('%s publishes on loopback alone', (_name, { ports = [] }) => {
    expect(ports.filter((port) => !/^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/.test(port))).toEqual([]);
  });

  it.each(own)('%s runs as nobody, without capabilities, on a read-only system', (_name, service) => {
    expect(service).toMatchObject({
      user: '10001:10001',
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it.each(services)(
    '%s is not privileged and reaches no docker daemon',
    (_name, { privileged = false, volumes = [] }) => {
      expect(privileged).toBe(false);
      expect(volumes.filter((volume) => volume.includes('docker.sock'))).toEqual([]);
    },
  );

  it.each(others)('%s is pinned by version and digest', (_name, { image }) => {
    expect(image).toMatch(/^\$\{\w+_IMAGE:-[\w./-]+:\d[\w.-]*@sha256:[0-9a-f]{64}\}$/);
  });

  it.each(services)('%s names no secret in its environment', (_name, { environment = {} }) => {
    const telling = /password|secret|token|key|credential/i;
    const allowed = /^(POSTGRES_PASSWORD_FILE|AWS_ENDPOINT_URL_SECRETS_MANAGER)$/;
    expect(Object.keys(environment).filter((name) => telling.test(name) && !allowed.test(name))).toEqual([]);
  });

  it.each(services.filter(([name]) => !once.includes(name)))(
    '%s has a health check and comes back',
    (_name, service) => {
      const { healthcheck, image, restart } = service;
      const inImage = image.startsWith('jules/') && healthcheck === undefined;
      expect(inImage || (healthcheck?.test?.length ?? 0) > 1).toBe(true);
      expect(restart).toBe('unless-stopped');
    },
  );

  it.each(services)('%s waits for healthy parts, and for finished ones', (_name, { depends_on: needs = {} }) => {
    for (const [needed, { condition }] of Object.entries(needs)) {
      const wanted = once.includes(needed) ? 'service_completed_successfully' : 'service_healthy';
      expect([needed, condition]).toEqual([needed, wanted]);
    }
  });

  it('runs one kind of runner, and asks for a GPU for one of them', () => {
    const { 'gpu-runner': cpu, 'gpu-runner-cuda': gpu } = file.services;
    expect([cpu?.profiles, gpu?.profiles]).toEqual([['cpu'], ['gpu']]);
    expect(JSON.stringify(gpu?.deploy)).toContain('"capabilities":["gpu"]');
    expect(cpu?.deploy).toBeUndefined();
    expect(readFileSync(join(FOLDER, '.env'), 'utf8')).toMatch(/^COMPOSE_PROFILES=cpu$/m);
  });

  it('leaves no secret in the folder that git would take', () => {
    expect(
      readdirSync(FOLDER)
        .filter((name) => name !== 'secrets')
        .toSorted(),
    ).toEqual(['.env', 'docker-compose.token.yml', 'docker-compose.yml']);
    expect(readFileSync('.gitignore', 'utf8')).toMatch(/^local\/compose\/secrets\/$/m);
  });
});

describe('the token of a newer LocalStack', () => {
  const text = readFileSync(join(FOLDER, 'docker-compose.token.yml'), 'utf8');
  const { services: changed, secrets } = parse(text) as {
    services: Record<string, { secrets?: string[]; environment?: object }>;
    secrets: Record<string, { file?: string; environment?: string }>;
  };

  it('comes from a file', () => {
    expect(secrets).toEqual({ 'localstack-token': { file: './secrets/localstack-token' } });
    expect(changed['localstack']).toMatchObject({ secrets: ['localstack-token'] });
    expect(changed['localstack']?.environment).toBeUndefined();
  });
});
