/**
 * One client of one implementation of Secrets Manager, as the contract sees it: operations by name, plain answers.
 */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export type Answer = Readonly<Record<string, unknown>>;

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

export type Outcome = { readonly answer: Answer } | { readonly refusal: Refusal };

/** `SecretBinary` goes in as base64 and comes back as base64; times come back as seconds. */
export interface SecretsClient {
  call(operation: string, input: Answer): Promise<Outcome>;
  close(): Promise<void>;
}

export class Subject {
  readonly #client: SecretsClient;
  readonly #refusalStatuses: readonly number[];

  /** AWS refuses with 400; `refusalStatuses` lets others have their own habit. */
  constructor(client: SecretsClient, refusalStatuses: readonly number[] = [400]) {
    this.#client = client;
    this.#refusalStatuses = refusalStatuses;
  }

  /** A name that nobody used before. */
  name(prefix = 'contract'): string {
    return `${prefix}/${randomUUID()}`;
  }

  async ok(operation: string, input: Answer): Promise<Answer> {
    const outcome = await this.#client.call(operation, input);
    if ('refusal' in outcome) {
      throw new Error(`${operation} was refused: ${outcome.refusal.code}: ${outcome.refusal.message}`);
    }
    return outcome.answer;
  }

  /** Expects a refusal with that code, and that message where it is given. */
  async refused(operation: string, input: Answer, code: string, message?: string | RegExp): Promise<void> {
    const outcome = await this.#client.call(operation, input);
    assert.equal('answer' in outcome ? 'answered' : outcome.refusal.code, code);
    const { refusal } = outcome as { refusal: Refusal };
    assert.ok(this.#refusalStatuses.includes(refusal.status), `HTTP status ${refusal.status}`);
    if (typeof message === 'string') assert.equal(refusal.message, message);
    else if (message !== undefined) assert.match(refusal.message, message);
  }

  /** A secret with one current version; returns its name, ARN and version. */
  async secret(text = 'first', input: Answer = {}): Promise<{ name: string; arn: string; versionId: string }> {
    const name = this.name();
    const created = await this.ok('CreateSecret', { Name: name, SecretString: text, ...input });
    return { name, arn: String(created['ARN']), versionId: String(created['VersionId']) };
  }

  async put(name: string, text: string, input: Answer = {}): Promise<string> {
    return String((await this.ok('PutSecretValue', { SecretId: name, SecretString: text, ...input }))['VersionId']);
  }

  async text(name: string, input: Answer = {}): Promise<unknown> {
    return (await this.ok('GetSecretValue', { SecretId: name, ...input }))['SecretString'];
  }

  /** Labels by version. */
  async stages(name: string): Promise<unknown> {
    return (await this.ok('DescribeSecret', { SecretId: name }))['VersionIdsToStages'];
  }
}

/** One case of the contract. */
export interface ContractCase {
  readonly operation: string;
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
}

export function contractCase(operation: string, name: string, run: ContractCase['run']): ContractCase {
  return { operation, name, run };
}
