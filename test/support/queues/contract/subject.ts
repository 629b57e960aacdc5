/**
 * One SQS endpoint as the queue contract sees it, through the real client: FIFO queues of a case's own.
 */

import { randomUUID } from 'node:crypto';
import * as sdk from '@aws-sdk/client-sqs';
import { createSqsClient, type SqsClientOptions } from '../../../../shared/adapters/sqs/client.ts';

export type QueueAttributes = Partial<Record<sdk.QueueAttributeName, string>>;

export interface SendOptions extends Partial<Omit<sdk.SendMessageCommandInput, 'QueueUrl'>> {
  readonly group?: string;
  /** Null sends none. Without one the message's own text. */
  readonly deduplicationId?: string | null;
}

export interface ReceiveOptions {
  readonly max?: number;
  readonly waitSeconds?: number;
  readonly visibilitySeconds?: number;
}

/** Long enough that nothing comes back by itself within a case, on the slowest machine. */
export const LOCKED_SECONDS = 120;
/** A poll that ends when the message is there. */
const PATIENT_SECONDS = 20;

export class Subject {
  readonly #access: SqsClientOptions;
  /** New after a restart, since the sockets of the old one are dead. */
  client: sdk.SQSClient;
  readonly #restart: (() => Promise<void>) | null;

  constructor(access: SqsClientOptions, restart: (() => Promise<void>) | null = null) {
    this.#access = access;
    this.#restart = restart;
    this.client = createSqsClient(access);
  }

  /** A new FIFO queue; messages are locked for `LOCKED_SECONDS` unless told otherwise. */
  async queue(attributes: QueueAttributes = {}): Promise<SubjectQueue> {
    const QueueName = `contract-${randomUUID()}.fifo`;
    const Attributes = { FifoQueue: 'true', VisibilityTimeout: String(LOCKED_SECONDS), ...attributes };
    const { QueueUrl = '' } = await this.client.send(new sdk.CreateQueueCommand({ QueueName, Attributes }));
    return new SubjectQueue(this, { url: QueueUrl, name: QueueName });
  }

  /** A queue whose messages die with their `receives`-th failure, and the queue of its dead. */
  async queueWithDeadLetters(receives: number): Promise<{ queue: SubjectQueue; dead: SubjectQueue }> {
    const dead = await this.queue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await dead.arn(), maxReceiveCount: receives });
    return { queue: await this.queue({ RedrivePolicy }), dead };
  }

  /** Ends the endpoint, as abruptly as it ends, and starts it again on the same address. */
  async restart(): Promise<void> {
    if (this.#restart === null) throw new Error('this endpoint cannot be restarted');
    this.client.destroy();
    await this.#restart();
    this.client = createSqsClient(this.#access);
  }

  close(): void {
    this.client.destroy();
  }
}

export class SubjectQueue {
  readonly #subject: Subject;
  readonly url: string;
  readonly name: string;

  constructor(subject: Subject, { url, name }: { url: string; name: string }) {
    this.#subject = subject;
    this.url = url;
    this.name = name;
  }

  get client(): sdk.SQSClient {
    return this.#subject.client;
  }

  async send(text: string, options: SendOptions = {}): Promise<sdk.SendMessageCommandOutput> {
    const { group = 'g', deduplicationId = text, ...input } = options;
    const id = deduplicationId === null ? {} : { MessageDeduplicationId: deduplicationId };
    const message = { QueueUrl: this.url, MessageBody: text, MessageGroupId: group, ...id, ...input };
    return this.client.send(new sdk.SendMessageCommand(message));
  }

  async sendAll(texts: readonly string[], options: SendOptions = {}): Promise<void> {
    for (const text of texts) await this.send(text, options);
  }

  async receive(options: ReceiveOptions = {}): Promise<sdk.Message[]> {
    const { max = 10, waitSeconds = 0, visibilitySeconds } = options;
    const { Messages = [] } = await this.client.send(
      new sdk.ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        ...(visibilitySeconds === undefined ? {} : { VisibilityTimeout: visibilitySeconds }),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async texts(options: ReceiveOptions = {}): Promise<(string | undefined)[]> {
    return (await this.receive(options)).map(({ Body }) => Body);
  }

  /** One message, which is there or comes. Throws an Error when none does. */
  async one(options: Omit<ReceiveOptions, 'max'> = {}): Promise<sdk.Message> {
    const [message] = await this.receive({ waitSeconds: PATIENT_SECONDS, ...options, max: 1 });
    if (message === undefined) throw new Error('no message came');
    return message;
  }

  async delete(message: sdk.Message | undefined): Promise<void> {
    await this.client.send(new sdk.DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: message?.ReceiptHandle }));
  }

  /** Sets the seconds that a message in hand stays out of sight; 0 gives it back. */
  async hide(message: sdk.Message | undefined, seconds: number): Promise<void> {
    const at = { QueueUrl: this.url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: seconds };
    await this.client.send(new sdk.ChangeMessageVisibilityCommand(at));
  }

  /** Receives one message and gives it back, so often. */
  async fail(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) await this.hide(await this.one(), 0);
  }

  /** Takes and deletes one after the other until none comes. */
  async drained(): Promise<sdk.Message[]> {
    const taken: sdk.Message[] = [];
    for (let message = await this.#next(); message !== undefined; message = await this.#next()) {
      taken.push(message);
      await this.delete(message);
    }
    return taken;
  }

  async drainedTexts(): Promise<(string | undefined)[]> {
    return (await this.drained()).map(({ Body }) => Body);
  }

  async #next(): Promise<sdk.Message | undefined> {
    return (await this.receive({ max: 1, waitSeconds: 1 }))[0];
  }

  async attributes(): Promise<QueueAttributes> {
    const wanted = new sdk.GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['All'] });
    return (await this.client.send(wanted)).Attributes ?? {};
  }

  async arn(): Promise<string> {
    return (await this.attributes()).QueueArn ?? '';
  }
}

/** Expects a refusal with that code; `code` of the JSON protocol, with or without the old prefix. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof sdk.SQSServiceException) return error.name.replace(/^AWS\.SimpleQueueService\./, '');
    throw error;
  }
  return 'answered';
}

export function countOf(message: sdk.Message | undefined): number {
  return Number(message?.Attributes?.ApproximateReceiveCount);
}

export interface CaseName {
  readonly topic: string;
  readonly name: string;
}

/** One case of the contract. */
export interface QueueCase extends CaseName {
  readonly run: (subject: Subject) => Promise<void>;
}

export function casesOf(topic: string, cases: Readonly<Record<string, QueueCase['run']>>): readonly QueueCase[] {
  return Object.entries(cases).map(([name, run]) => ({ topic, name, run }));
}
