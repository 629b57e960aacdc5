/**
 * docs/queues.md, made of the contract's cases and the listed differences.
 */

import { LOCALSTACK } from '../../../../local/emulators/localstack/localstack.ts';
import { MINISTACK } from '../../../../local/emulators/ministack/ministack.ts';
import { ANSWERS } from './answers.ts';
import { ALL_CASES } from './cases.ts';
import { QUEUE_DIFFERENCES, type QueueDifference } from './differences.ts';
import { ENDPOINT_NAMES, type EndpointName } from './endpoint-names.ts';

const TITLES: Readonly<Record<EndpointName, string>> = {
  fauxqs: 'fauxqs 2.4.1, as we repair it',
  localstack: `LocalStack ${LOCALSTACK.version}`,
  ministack: `MiniStack ${MINISTACK.version}`,
};

const INTRODUCTION = `# The queues

<!-- Made by scripts/queue-contract.ts; test/contract/queues/document.test.ts compares. -->

The host, the gateway and \`./jules queues\` work on any endpoint that speaks SQS: the embedded one (fauxqs), LocalStack,
MiniStack, AWS ([0014](decisions/0014-queues-anywhere.md)). This is what each of them keeps of the contract
(\`test/support/queues/contract\`): ${ALL_CASES.length} cases of documented behaviour of FIFO queues, asked through the AWS SDK for
JavaScript. The integration suite asks every one of them and fails when this page is no longer true. AWS is **not run**:
no test here could reach it. The cases are what its documentation and its clients' reports say.`;

export function queueDocument(): string {
  return `${[INTRODUCTION, summary(), differences(), PROMISES].join('\n\n')}\n`;
}

function summary(): string {
  const topics = [...new Set(ALL_CASES.map(({ topic }) => topic))];
  const head = ['Topic', ...ENDPOINT_NAMES.map((name) => TITLES[name]), 'AWS'];
  const rows = topics.map((topic) => [topic, ...ENDPOINT_NAMES.map((name) => kept(name, topic)), 'not run']);
  const total = ['**All**', ...ENDPOINT_NAMES.map((name) => kept(name, null)), 'not run'];
  return ['## What is kept', table(head, [...rows, total])].join('\n\n');
}

/** Of one topic, or of all. */
function kept(endpoint: EndpointName, topic: string | null): string {
  const isMeant = (each: { topic: string }) => topic === null || each.topic === topic;
  const cases = ALL_CASES.filter(isMeant).length;
  const differing = QUEUE_DIFFERENCES.filter((each) => each.endpoint === endpoint && isMeant(each)).length;
  return `${cases - differing} of ${cases}`;
}

function differences(): string {
  const head = ['Case', 'Endpoint', 'What it does instead', 'What makes up for it', 'Proved by'];
  const isListed = ({ topic, name }: { topic: string; name: string }) =>
    QUEUE_DIFFERENCES.filter((each) => each.topic === topic && each.name === name);
  const rows = ALL_CASES.flatMap((each) => grouped(isListed(each)).map(row));
  return ['## What differs, and what makes up for it', table(head, rows)].join('\n\n');
}

/** Endpoints that differ alike share a row. */
function grouped(differing: readonly QueueDifference[]): QueueDifference[][] {
  const alike = Map.groupBy(differing, ({ instead, answer }) => `${instead}/${answer}`);
  return [...alike.values()];
}

function row(alike: readonly QueueDifference[]): string[] {
  const [{ topic, name, instead, answer }] = alike as [QueueDifference];
  const { text, proof } = ANSWERS[answer];
  const endpoints = alike.map(({ endpoint }) => endpoint).join(', ');
  return [`${topic}: ${name}`, endpoints, instead, text, `[${proof.test}](../${proof.file})`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .replaceAll('| --- |', '|---|')
    .replaceAll(' --- |', '---|');
}

const PROMISES = `## What to know

- **Never redrive by a move task at LocalStack**: it sends the letters under their old deduplication ids, the queue drops
  them as repeats, and the task says COMPLETED. \`./jules queues redrive\` asks for one on AWS alone, and copies first at every
  emulator.
- LocalStack and MiniStack keep nothing over a restart, dead letters included, and nothing tells them that a consumer has
  died: a message that a killed host held, or that its last poll is given later, comes again at its visibility timeout.
  A host that is stopped waits for its last polls, which last two seconds at most there. The embedded endpoint gives
  messages back at once.
- A replay at an endpoint that outlives it has a run id of its own, since the queues remember the deduplication ids of the
  last one for five minutes.
- Where functions are deployed (\`functions: target\`) and on AWS the host makes no queues: it names the first that is
  missing. The caller's AWS credentials reach the processes of the stack for the target aws alone.`;
