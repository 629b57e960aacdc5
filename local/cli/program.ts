/**
 * The command line: its commands, its help, and how a failure is reported: what is wrong, the fix, an exit code.
 */

import { readFileSync } from 'node:fs';
import { Command, CommanderError, type Option } from 'commander';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../problem.ts';
import { registerAudit } from './commands/audit/command.ts';
import { registerBacktest } from './commands/backtest/command.ts';
import { registerCost } from './commands/cost/command.ts';
import { registerCommands } from './commands/operator/command.ts';
import { registerDeploy, registerDestroy } from './commands/deploy/command.ts';
import { registerDoctor } from './commands/doctor/command.ts';
import { registerLoad } from './commands/load/command.ts';
import { registerMigrate } from './commands/migrate/command.ts';
import { registerPrepare } from './commands/prepare/command.ts';
import { registerQueues } from './commands/queues/command.ts';
import { registerReplay } from './commands/replay/command.ts';
import { registerReset } from './commands/reset/command.ts';
import { registerSecrets } from './commands/secrets/command.ts';
import { registerStart } from './commands/start/command.ts';
import { registerStatus } from './commands/status/command.ts';
import { registerWhy } from './commands/why/command.ts';
import type { CliContext } from './context.ts';
import type { Terminal } from './shell/terminal.ts';

const REGISTER = [
  registerStart,
  registerStatus,
  registerCommands,
  registerWhy,
  registerLoad,
  registerBacktest,
  registerReplay,
  registerQueues,
  registerSecrets,
  registerAudit,
  registerDeploy,
  registerDestroy,
  registerMigrate,
  registerPrepare,
  registerCost,
  registerDoctor,
  registerReset,
];

const EXAMPLES = `
Examples:
  ./jules start                                   a generated trading day on http://127.0.0.1:4750
  ./jules backtest --bars bars --symbols AAPL,MSFT --date 2025-01-03
  ./jules replay --bars bars --symbols AAPL,MSFT --date 2025-01-03 --compare
  ./jules why 20260105-029-AAPL-N                 why an order was sent, and what became of it

Exit codes: 0 ok, 1 failed, 2 usage, 3 gate failed, 4 a dependency is down.
Data goes to stdout, progress to stderr; NO_COLOR is honoured.`;

/** Runs one command line and returns its exit code; never throws for what a person did or the world failed. */
export async function runCli(args: readonly string[], io: Omit<CliContext, 'exit'>): Promise<number> {
  let exitCode = EXIT_OK;
  const context: CliContext = { ...io, exit: (code) => void (exitCode = code) };
  try {
    const program = buildProgram(context);
    if (args.length === 0) program.help();
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return describe(error, io);
  }
}

function buildProgram(context: CliContext): Command {
  const program = new Command('jules')
    .description('Intraday paper trading for US equities on one workstation.')
    .version(version(), '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.terminal.out(text.trimEnd()), writeErr: () => undefined })
    .addHelpText('after', EXAMPLES);
  for (const register of REGISTER) register(program, context);
  return checkNeededLast(program);
}

/**
 * A needed option that is missing is often one that was misspelt, so what is not known is said first: the parser would say
 * first what is missing.
 */
function checkNeededLast(program: Command): Command {
  const needed = new Map<Command, readonly Option[]>();
  const collect = (command: Command): void => {
    const own = command.options.filter(({ mandatory }) => mandatory);
    needed.set(command, own);
    for (const each of own) each.mandatory = false;
    command.commands.forEach(collect);
  };
  collect(program);
  return program.hook('preAction', (_, command) => {
    const missing = needed.get(command)?.find((each) => command.getOptionValue(each.attributeName()) === undefined);
    if (missing !== undefined) throw missingOption(missing);
  });
}

function missingOption({ long, flags, description }: Option): Problem {
  const fix = `give ${flags}: ${description}`;
  return new Problem(`${long ?? flags} is missing`, { fix, exitCode: EXIT_USAGE });
}

function describe(error: unknown, io: Omit<CliContext, 'exit'>): number {
  const { terminal } = io;
  if (error instanceof CommanderError) return describeUsage(error, terminal);
  if (error instanceof Problem) {
    complain(terminal, error.message, error.fix);
    return error.exitCode;
  }
  const problem = error instanceof Error ? error : new Error(String(error));
  complain(
    terminal,
    problem.message,
    'this looks like a bug: run again with JULES_LOG=debug and report what it prints',
  );
  if (io.env['JULES_LOG'] === 'debug') terminal.note(problem.stack ?? '');
  return EXIT_FAILED;
}

/** Help and version end a parse as well; only they are not failures. */
function describeUsage(error: CommanderError, terminal: Terminal): number {
  if (error.exitCode === 0 || error.code === 'commander.help') return EXIT_OK;
  complain(
    terminal,
    error.message.replace(/^error: /, '').replaceAll('\n', ' '),
    './jules --help lists the commands, ./jules <command> --help its options',
  );
  return EXIT_USAGE;
}

function complain(terminal: Terminal, wrong: string, fix: string): void {
  terminal.note(`${terminal.paint('red', 'error:')} ${wrong}`);
  terminal.note(`${terminal.paint('cyan', 'fix:')} ${fix}`);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
