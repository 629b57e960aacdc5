/**
 * Entry of `./jules`: runs one command and leaves with its exit code.
 *
 * 0 ok, 1 failed, 2 usage, 3 gate failed, 4 a dependency is down.
 */

import { runCli } from './program.ts';
import { createTerminal } from './shell/terminal.ts';

process.exitCode = await runCli(process.argv.slice(2), { terminal: createTerminal(process.env), env: process.env });
