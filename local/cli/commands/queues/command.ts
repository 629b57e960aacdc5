/**
 * `jules queues`: how full the queues are, what lies in the dead letters and in quarantine, and how to bring it back or
 * drop it.
 */

import type { Command } from 'commander';
import { type QueueName, QUEUE_NAMES } from '../../../../shared/topology.ts';
import { type TargetName, TARGETS } from '../../../deploy/targets.ts';
import type { CliContext } from '../../context.ts';
import { parseChoice, parseInteger, usageProblem } from '../../options/option-parsers.ts';
import type { QuarantineOptions } from './quarantine-run.ts';
import type { QueuesOptions } from './run.ts';

const PLACES = [...QUEUE_NAMES, 'quarantine'] as const;
type Place = (typeof PLACES)[number];
type Options = QueuesOptions & QuarantineOptions;

const parseQueue = parseChoice<QueueName>('queue', QUEUE_NAMES);
const parsePlace = parseChoice<Place>('queue', PLACES);
const parseTarget = parseChoice<TargetName>('--target', TARGETS);
const parseId = parseInteger('--id', { min: 1, max: Number.MAX_SAFE_INTEGER });

const HELP = `
Dead letters failed at every delivery, for an unknown reason; each queue has its own. The quarantine holds what no part can
read, with the reason; it is a record, so it can be sent back after a fix and not purged.`;

export function registerQueues(program: Command, context: CliContext): void {
  const queues = program
    .command('queues')
    .description('look into queues and quarantine, and empty the dead letters')
    .addHelpText('after', HELP);
  common(queues.command('status'))
    .description('messages waiting, in flight, dead and parked, by queue')
    .action(async (options: Options) => {
      const { queueStatus } = await import('./run.ts');
      context.exit(await queueStatus(options, context));
    });
  place(queues.command('peek'))
    .description('show dead letters, or what is in quarantine, without taking them')
    .option('--max <n>', 'how many', parseInteger('--max', { min: 1, max: 10 }), 10)
    .option('--full', 'show whole bodies')
    .action(async (at: Place, options: Options) => {
      if (at === 'quarantine') {
        refuseTarget(options);
        const { peekQuarantine } = await import('./quarantine-run.ts');
        return context.exit(await peekQuarantine(options, context));
      }
      refuseIds(at, options);
      const { peekDeadLetters } = await import('./run.ts');
      return context.exit(await peekDeadLetters(at, options, context));
    });
  place(queues.command('redrive'))
    .description('send dead letters, or parked messages after a fix, back to their queue')
    .action(async (at: Place, options: Options) => {
      if (at === 'quarantine') {
        refuseTarget(options);
        const { redriveQuarantine } = await import('./quarantine-run.ts');
        return context.exit(await redriveQuarantine(options, context));
      }
      refuseIds(at, options);
      const { redrive } = await import('./run.ts');
      return context.exit(await redrive(at, options, context));
    });
  common(queues.command('purge'))
    .description('delete the dead letters of a queue; names them and asks first')
    .argument('<queue>', QUEUE_NAMES.join(', '), parseQueue)
    .option('--yes', 'do not ask')
    .action(async (queue: QueueName, options: Options) => {
      const { purge } = await import('./run.ts');
      context.exit(await purge(queue, options, context));
    });
}

function place(command: Command): Command {
  const once = (text: string, ids: readonly number[] = []): number[] => [...ids, parseId(text)];
  return common(command)
    .argument('<queue>', PLACES.join(', '), parsePlace)
    .option('--id <n>', 'only this row of the quarantine; may be repeated', once);
}

function refuseTarget({ target }: Options): void {
  if (target === undefined) return;
  throw usageProblem(
    '--target',
    target,
    'has its quarantine in a database',
    'give the data folder of its replay: --data DIR',
  );
}

function refuseIds(at: Place, { id }: Options): void {
  if (id === undefined) return;
  throw usageProblem('--id', id.join(', '), 'names rows of the quarantine', `leave it out for ${at}, which has none`);
}

function common(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder of the stack or of the deploy')
    .option('--target <name>', 'the queues deployed there; where no stack runs they are meant anyway', parseTarget)
    .option('--json', 'print JSON');
}
