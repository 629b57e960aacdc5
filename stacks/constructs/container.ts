/**
 * What every container of ours has: a read-only disk, a log with an end, and a check of its own health.
 */

import { Duration } from 'aws-cdk-lib';
import {
  type ContainerDefinitionOptions,
  type ContainerImage,
  LogDrivers,
  type TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { accept, acceptWildcard } from '../nag.ts';

export interface ContainerParts {
  readonly image: ContainerImage;
  readonly log: LogGroup;
  readonly environment: Readonly<Record<string, string>>;
  /** Address of the container's own answer to whether it lives. */
  readonly healthUrl: string;
}

/** A handler finishes its message and a session its minute. */
const STOP_TIMEOUT = Duration.seconds(60);

export function containerOptions({ image, log, environment, healthUrl }: ContainerParts): ContainerDefinitionOptions {
  const ask = `fetch('${healthUrl}').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  return {
    image,
    environment: { ...environment },
    logging: LogDrivers.awsLogs({ logGroup: log, streamPrefix: 'jules' }),
    readonlyRootFilesystem: true,
    stopTimeout: STOP_TIMEOUT,
    healthCheck: {
      command: ['CMD', 'node', '-e', ask],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(3),
      startPeriod: Duration.seconds(30),
      retries: 3,
    },
  };
}

/** What holds of each of our tasks, once its containers are there. */
export function acceptTask(task: TaskDefinition): void {
  accept(task, 'ECS2', 'Its environment holds names and addresses; what is secret is read from Secrets Manager.');
  acceptWildcard(task.obtainExecutionRole(), 'Resource::*', 'A token for the registry of images is for all of it.');
}
