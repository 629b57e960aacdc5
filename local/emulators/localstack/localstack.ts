/**
 * LocalStack, its last free release, without Docker: queues, secrets and rules, and no functions.
 */

import type { EmulatorKind } from '../emulator.ts';

export const LOCALSTACK: EmulatorKind = {
  name: 'LocalStack',
  version: '4.14.0',
  venv: '.venv-localstack',
  makeVenv: 'local/emulators/localstack/make-venv',
  healthPath: '/_localstack/health',
  command: ['python', '-m', 'localstack.runtime.main'],
  env: ({ port, dir }) => ({
    // Its default server ignores the host part and listens on every interface.
    GATEWAY_SERVER: 'hypercorn',
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    LOCALSTACK_HOST: `127.0.0.1:${port}`,
    // Else queue URLs have a host name that nothing resolves.
    SQS_ENDPOINT_STRATEGY: 'path',
    // Where /.dockerenv exists it takes itself for a container and writes to /var/lib.
    OVERRIDE_IN_DOCKER: '0',
    DNS_ADDRESS: '0',
    DISABLE_EVENTS: '1',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    FILESYSTEM_ROOT: dir,
  }),
};
