/** Loopback unless told otherwise, and nothing in between. */

import { describe, expect, it } from 'vitest';
import { databasePlace, listenAddress, urlOf } from '../../../../shared/runtime/addresses.ts';

const never = (): number => {
  throw new Error('asked for a port that the environment already names');
};

describe('the listening address', () => {
  it('is loopback at the given port when nothing is said', () => {
    expect(listenAddress({}, () => 4_770)).toEqual({ host: '127.0.0.1', port: 4_770 });
    expect(listenAddress({ JULES_LISTEN: '' }, () => 4_770)).toEqual({ host: '127.0.0.1', port: 4_770 });
  });

  it.each([
    ['0.0.0.0:4770', { host: '0.0.0.0', port: 4_770 }],
    ['127.0.0.1:1', { host: '127.0.0.1', port: 1 }],
    ['[::]:65535', { host: '::', port: 65_535 }],
  ])('is what %s says, and the stack file is not asked', (given, address) => {
    expect(listenAddress({ JULES_LISTEN: given }, never)).toEqual(address);
  });

  it.each(['0.0.0.0', '4770', 'localhost:4770', '0.0.0.0:0', '0.0.0.0:65536', '0.0.0.0:47x0', '1.2.3:80'])(
    'refuses %s, naming variable, value and fix',
    (given) => {
      expect(() => listenAddress({ JULES_LISTEN: given }, never)).toThrow(
        `JULES_LISTEN is '${given}': set it to an address and a port, such as 0.0.0.0:4770`,
      );
    },
  );
});

describe('the address of another part', () => {
  it('is loopback at its port when nothing is said', () => {
    expect(urlOf({}, 'JULES_RUNNER_URL', 4_770)).toBe('http://127.0.0.1:4770');
    expect(urlOf({ JULES_RUNNER_URL: '' }, 'JULES_RUNNER_URL', 4_770)).toBe('http://127.0.0.1:4770');
  });

  it.each(['http://gpu-runner:4770', 'https://runner.internal', 'http://gpu-runner:4770/'])(
    'is %s when it says so',
    (url) => {
      expect(urlOf({ JULES_RUNNER_URL: url }, 'JULES_RUNNER_URL', 1)).toBe(url.replace(/\/$/, ''));
    },
  );

  it.each(['gpu-runner:4770', 'ftp://gpu-runner', 'http://', 'http:///x', 'http://a b'])(
    'refuses %s, naming variable, value and fix',
    (url) => {
      expect(() => urlOf({ JULES_RUNNER_URL: url }, 'JULES_RUNNER_URL', 1)).toThrow(
        `JULES_RUNNER_URL is '${url}': set it to a URL, such as http://gpu-runner:4770`,
      );
    },
  );
});

describe('the place of the database', () => {
  it('is loopback at its port when nothing is said', () => {
    expect(databasePlace({}, 5_433)).toEqual({ host: '127.0.0.1', port: 5_433 });
  });

  it('is what JULES_DATABASE says', () => {
    expect(databasePlace({ JULES_DATABASE: 'timescale:5432' }, 1)).toEqual({ host: 'timescale', port: 5_432 });
  });

  it.each(['timescale', ':5432', 'timescale:0', 'timescale:70000', 'postgres://timescale:5432', 'a b:1'])(
    'refuses %s, naming variable, value and fix',
    (given) => {
      expect(() => databasePlace({ JULES_DATABASE: given }, 1)).toThrow(
        `JULES_DATABASE is '${given}': set it to a host and a port, such as timescale:5432`,
      );
    },
  );
});
