/**
 * `jules queues`: how full the queues are, what lies in the dead letters, and how to bring it back or drop it.
 */

import type { Command } from 'commander';
import { type QueueName, QUEUE_NAMES } from '../../../shared/topology.ts';
import type { CliContext } from '../context.ts';
import { parseChoice, parseInteger } from '../usage.ts';
import type { QueuesOptions } from '../queues-run.ts';

const parseQueue = parseChoice<QueueName>('queue', QUEUE_NAMES);

export function registerQueues(program: Command, context: CliContext): void {
  const queues = program.command('queues').description('look into the queues and empty the dead letters');
  common(queues.command('status'))
    .description('messages waiting, in flight and dead, by queue')
    .action(async (options: QueuesOptions) => {
      const { queueStatus } = await import('../queues-run.ts');
      context.exit(await queueStatus(options, context));
    });
  common(queues.command('peek'))
    .description('show dead letters without taking them')
    .argument('<queue>', QUEUE_NAMES.join(', '), parseQueue)
    .option('--max <n>', 'how many', parseInteger('--max', { min: 1, max: 10 }), 10)
    .action(async (queue: QueueName, options: QueuesOptions) => {
      const { peekDeadLetters } = await import('../queues-run.ts');
      context.exit(await peekDeadLetters(queue, options, context));
    });
  common(queues.command('redrive'))
    .description('send dead letters back to their queue')
    .argument('<queue>', QUEUE_NAMES.join(', '), parseQueue)
    .action(async (queue: QueueName, options: QueuesOptions) => {
      const { redrive } = await import('../queues-run.ts');
      context.exit(await redrive(queue, options, context));
    });
  common(queues.command('purge'))
    .description('delete the dead letters of a queue; asks first')
    .argument('<queue>', QUEUE_NAMES.join(', '), parseQueue)
    .option('--yes', 'do not ask')
    .action(async (queue: QueueName, options: QueuesOptions) => {
      const { purge } = await import('../queues-run.ts');
      context.exit(await purge(queue, options, context));
    });
}

function common(command: Command): Command {
  return command.option('--data <dir>', 'data folder of the stack').option('--json', 'print JSON');
}
