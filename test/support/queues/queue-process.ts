/**
 * The queue endpoint in a process of its own, so that a test can kill it. Sends its endpoint to its parent.
 */

import { startQueueServer } from '../../../local/emulators/queues/queue-server.ts';

const [dataDir = '', port = '0'] = process.argv.slice(2);
const server = await startQueueServer({ dataDir, port: Number(port), orphanedQueues: ['minutes.fifo'] });
process.send?.(server.endpoint);
process.on('disconnect', () => process.exit(0));
