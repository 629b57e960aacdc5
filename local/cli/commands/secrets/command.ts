/**
 * `jules secrets`: the vault of a data folder, by its endpoint where that runs, by itself where it does not.
 */

import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { parseInteger } from '../../options/option-parsers.ts';
import type {
  BackupOptions,
  GetOptions,
  HistoryOptions,
  PutOptions,
  RestoreOptions,
  RotateOptions,
  SecretsOptions,
  ServeOptions,
} from './run.ts';

const EXAMPLES = `
Examples:
  ./jules secrets list
  ./jules secrets put broker/paper --file credentials.json
  ./jules secrets get broker/paper --reveal          on a terminal; recorded
  ./jules secrets rotate --all --wait
  ./jules secrets backup --to vault.age              readable by the age command

A value is never an argument: it comes from --file, or from stdin.`;

export function registerSecrets(program: Command, context: CliContext): void {
  const secrets = program.command('secrets').description('the encrypted vault and its Secrets Manager endpoint');
  secrets.addHelpText('after', EXAMPLES);
  registerServe(secrets, context);
  registerReading(secrets, context);
  registerPut(secrets, context);
  registerRotate(secrets, context);
  registerRepair(secrets, context);
  registerBackups(secrets, context);
}

function registerServe(secrets: Command, context: CliContext): void {
  common(secrets.command('serve'))
    .description('run the endpoint alone; Ctrl-C stops it')
    .requiredOption(
      '--port <n>',
      'port on 127.0.0.1; 0 takes a free one',
      parseInteger('--port', { min: 0, max: 65_535 }),
    )
    .option('--lambda-endpoint <url>', 'where rotation functions are invoked (default: the built-in one)')
    .option('--region <name>', 'Region in the ARNs', 'us-east-1')
    .addHelpText(
      'after',
      '\nCallers sign with JULES_ACCESS_KEY and JULES_SECRET_KEY, or with the pair in <keys>/access-key.json.',
    )
    .action(async (options: ServeOptions) => {
      const { serveSecrets } = await import('./serve.ts');
      context.exit(await serveSecrets(options, context));
    });
}

function registerReading(secrets: Command, context: CliContext): void {
  common(secrets.command('list'))
    .description('names, versions and rotation of all secrets')
    .action(async (options: SecretsOptions) => {
      const { listSecrets } = await import('./run.ts');
      context.exit(await listSecrets(options, context));
    });
  common(secrets.command('get'))
    .description('what is known of a secret; its value with --reveal on a terminal')
    .argument('<name>', 'name or ARN')
    .option('--reveal', 'show the value; recorded')
    .option('--label <label>', 'staging label of the version to show')
    .option('--version-id <id>', 'the version to show')
    .action(async (name: string, options: GetOptions) => {
      const { getSecret } = await import('./run.ts');
      context.exit(await getSecret(name, options, context));
    });
  common(secrets.command('status'))
    .description('the vault, and of each secret: last and next rotation, under way, failed, overdue, deadline')
    .action(async (options: SecretsOptions) => {
      const { secretsStatus } = await import('./status.ts');
      context.exit(await secretsStatus(options, context));
    });
  common(secrets.command('history'))
    .description('who read or changed what; checks the chain of the journal')
    .argument('[name]', 'only this secret')
    .option('--limit <n>', 'how many, newest last', parseInteger('--limit', { min: 1, max: 10_000 }), 100)
    .action(async (name: string | undefined, options: HistoryOptions) => {
      const { secretsHistory } = await import('./run.ts');
      context.exit(await secretsHistory(name, options, context));
    });
}

function registerPut(secrets: Command, context: CliContext): void {
  common(secrets.command('put'))
    .description('store a new value, in a new secret where there is none of that name')
    .argument('<name>', 'name or ARN')
    .option('--file <path>', 'read the value from this file instead of stdin')
    .option('--binary', 'store the bytes as they are')
    .option('--label <label>', 'beside the current value, with this staging label (OPERATOR_ENTERED: for a rotation)')
    .option('--description <text>', 'of a new secret')
    .action(async (name: string, options: PutOptions) => {
      const { putSecret } = await import('./run.ts');
      context.exit(await putSecret(name, options, context));
    });
}

function registerRotate(secrets: Command, context: CliContext): void {
  common(secrets.command('rotate'))
    .description('rotate a secret now; schedules keep out of market hours, this does not')
    .argument('[name]', 'name or ARN')
    .option('--all', 'every secret that has a rotation')
    .option('--wait', 'until it has succeeded, or was given up; exit code 1 then')
    .action(async (name: string | undefined, options: RotateOptions) => {
      const { rotateSecrets } = await import('./rotate.ts');
      context.exit(await rotateSecrets(name, options, context));
    });
}

function registerRepair(secrets: Command, context: CliContext): void {
  common(secrets.command('rollback'))
    .description('make the value before the current one current again; a second call undoes the first')
    .argument('<name>', 'name or ARN')
    .action(async (name: string, options: SecretsOptions) => {
      const { rollbackSecret } = await import('./stages.ts');
      context.exit(await rollbackSecret(name, options, context));
    });
  common(secrets.command('cancel'))
    .description('give up a rotation that is under way, and its schedule; the current value stays')
    .argument('<name>', 'name or ARN')
    .action(async (name: string, options: SecretsOptions) => {
      const { cancelRotation } = await import('./stages.ts');
      context.exit(await cancelRotation(name, options, context));
    });
}

function registerBackups(secrets: Command, context: CliContext): void {
  common(secrets.command('backup'))
    .description('write everything to a file in the age format, encrypted to its own recipient')
    .requiredOption('--to <file>', 'a file that does not exist yet')
    .option('--recipient <age1…>', 'another recipient than <keys>/backup-identity.txt')
    .action(async (options: BackupOptions) => {
      const { backupSecrets } = await import('./backup.ts');
      context.exit(await backupSecrets(options, context));
    });
  common(secrets.command('restore'))
    .description('put a backup in place of the vault; what was there is kept beside it')
    .requiredOption('--from <file>', 'written by secrets backup')
    .option('--identity <file>', 'age identity that opens it (default: <keys>/backup-identity.txt)')
    .option('--yes', 'do not ask')
    .action(async (options: RestoreOptions) => {
      const { restoreSecrets } = await import('./backup.ts');
      context.exit(await restoreSecrets(options, context));
    });
}

function common(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder (default: ~/.local/share/intraday-jules)')
    .option('--keys <dir>', 'folder with the key file (default: <data>/keys)')
    .option('--passphrase-file <file>', 'open the vault with the passphrase in this file')
    .option('--json', 'print JSON');
}
