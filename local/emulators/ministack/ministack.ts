/**
 * MiniStack: runs our functions without Docker, under the Node that comes first in its PATH: ours.
 */

import { dirname } from 'node:path';
import type { EmulatorKind } from '../emulator.ts';

export const MINISTACK: EmulatorKind = {
  name: 'MiniStack',
  version: '1.5.33',
  venv: '.venv-ministack',
  makeVenv: 'local/emulators/ministack/make-venv',
  healthPath: '/_ministack/health',
  command: ['ministack'],
  env: ({ port, dir }) => ({
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: '127.0.0.1',
    // Its MQTT listener ignores the host and takes port 8883 on every interface.
    IOT_MTLS_ENABLED: '0',
    LAMBDA_EXECUTOR: 'local',
    S3_PERSIST: '0',
    PERSIST_STATE: '0',
    STATE_DIR: dir,
    S3_DATA_DIR: dir,
  }),
};
