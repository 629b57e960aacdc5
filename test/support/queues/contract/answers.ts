/**
 * What makes up for an endpoint that is weaker than the service, and the test that proves it.
 */

export interface Answer {
  readonly text: string;
  readonly proof: { readonly file: string; readonly test: string };
}

const ANSWERS_SUITE = 'test/integration/queues/answers.test.ts';
const HANDLER = 'test/unit/shared/runtime/sqs-handler.test.ts';
const POLLER = 'test/unit/shared/runtime/poller.test.ts';

export const ANSWERS = {
  ONE_IN_FLIGHT: {
    text: 'batches of one (topology): a receive asks for one message, and a group has one in flight',
    proof: { file: ANSWERS_SUITE, test: 'a group has one message in flight, and the next when that is settled' },
  },
  PARKED: {
    text: 'needs none: what can never succeed is parked in quarantine, and batches of one spare its followers',
    proof: { file: 'test/integration/local/host.test.ts', test: 'parks poison and goes on with what is behind it' },
  },
  OWN_HANDLES: {
    text: 'the poller deletes one by one, by the handle that came with the message',
    proof: { file: POLLER, test: 'deletes the good ones of a batch and releases the others' },
  },
  LATE_DELETE: {
    text: 'what is deleted was handled and committed, so a late delete only spares a repeat; the inbox drops a repeat',
    proof: { file: HANDLER, test: 'is handled once when it is delivered twice' },
  },
  INBOX: {
    text: 'the inbox drops the repeat',
    proof: { file: HANDLER, test: 'is handled once when it is delivered twice' },
  },
  OWN_DEAD_LETTERS: {
    text: 'every queue has dead letters of its own (topology)',
    proof: { file: ANSWERS_SUITE, test: 'every queue has dead letters of its own' },
  },
  OWN_COPIES: {
    text: '`./jules queues redrive` copies each letter under an id of its own, then deletes it, everywhere but on AWS',
    proof: {
      file: ANSWERS_SUITE,
      test: 'dead letters go back in order and group, within minutes of their first sending',
    },
  },
  IDS_NAME_THEIR_RUN: {
    text: 'ids name their run, and the group is the run',
    proof: { file: ANSWERS_SUITE, test: 'the same minute of two runs is two messages' },
  },
  HASHED_IDS: {
    text: 'ids that are too long are hashed before they are sent',
    proof: {
      file: 'test/unit/shared/adapters/sqs/deduplication.test.ts',
      test: 'is a hash where the endpoint would refuse the id',
    },
  },
  OWN_TRACE: {
    text: 'traceparent travels in the message, and as an attribute of our own',
    proof: { file: ANSWERS_SUITE, test: 'trace and every kind of character arrive' },
  },
  ESCAPED: {
    text: 'all but ASCII travels escaped',
    proof: { file: ANSWERS_SUITE, test: 'trace and every kind of character arrive' },
  },
  NOT_TRIED_AGAIN: {
    text: 'a refusal is not tried again: the message comes after its visibility timeout',
    proof: { file: ANSWERS_SUITE, test: 'a refused release is not retryable' },
  },
  CAPPED: {
    text: 'the queue adapter caps it',
    proof: { file: ANSWERS_SUITE, test: 'a poll of a minute and a release of a day are cut to what the service takes' },
  },
  COUNTED_HERE: {
    text: 'the queue adapter counts body and attributes before it sends',
    proof: { file: ANSWERS_SUITE, test: 'a message that is too large by its attributes is refused before it is sent' },
  },
  SENT_AGAIN: {
    text: 'the host makes the queues again, the gateway sends its minute again, and every part repeats its answer',
    proof: { file: 'test/integration/replay/elsewhere.test.ts', test: 'costs time and nothing else' },
  },
} as const satisfies Readonly<Record<string, Answer>>;

export type AnswerName = keyof typeof ANSWERS;
