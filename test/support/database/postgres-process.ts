/**
 * Postgres started by a process of its own, so that a test can kill that process. Sends the server's id to its parent.
 */

import { postgresDriver } from '../../../local/cli/reach/embedded-postgres.ts';
import { testSecrets } from './postgres.ts';

const [dataDir = '', port = '0'] = process.argv.slice(2);
const server = await postgresDriver(null, []).start({
  dataDir,
  port: Number(port),
  secrets: testSecrets(Number(port)),
});
process.send?.(server.pid);
