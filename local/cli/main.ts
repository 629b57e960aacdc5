/**
 * Entry of `./jules`: runs one command and leaves with its exit code.
 *
 * 0 ok, 1 failed, 2 usage, 3 gate failed, 4 a dependency is down.
 */

import { runCli } from './program.ts';
import { createTerminal } from './shell/terminal.ts';

// Whoever reads the output may have enough of it, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), { terminal: createTerminal(process.env), env: process.env });
