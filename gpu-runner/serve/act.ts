/**
 * One POST /v1/act: parses the request, refuses what does not fit, asks the policy, checks what it says.
 */

import { minuteName } from '../../shared/domain/calendar/exchange-time.ts';
import { type ActInput, type ActRequest, type ActResponse, actRequestSchema } from '../../shared/contracts/act.v1.ts';
import { FEATURE_COUNT } from '../../shared/domain/features/feature-schema.ts';
import type { Action } from '../../shared/domain/policy/actions.ts';
import type { PolicyRegistry, ServedPolicy } from './policies.ts';

/** The request cannot be answered; status, code and message go back to the caller. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface ActRules {
  readonly policies: PolicyRegistry;
  readonly featureSchemaHash: (symbolCount: number) => string;
}

/** Throws RefusedError: 400 malformed, 404 unknown policy, 409 another feature schema. */
export function parseActRequest(body: string, rules: ActRules): ActRequest {
  const parsed = actRequestSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RefusedError(400, 'REQUEST_INVALID', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
  }
  const request = parsed.data;
  requirePolicy(request.policy, rules.policies);
  request.inputs.forEach((input, at) => {
    requireShape(input, at);
    requireHash(request.featureSchemaHash, rules.featureSchemaHash(input.symbols.length));
  });
  return request;
}

/** Throws RefusedError 500 when a policy fails or says something that is not an action, the signal's reason when it is late. */
export async function decideBatch(
  request: ActRequest,
  policies: PolicyRegistry,
  signal: AbortSignal,
): Promise<ActResponse> {
  const policy = requirePolicy(request.policy, policies);
  const answers = Promise.all(request.inputs.map((input) => askPolicy(policy, request.policy, input)));
  return { policy: request.policy, actions: await beforeDeadline(answers, signal) };
}

async function askPolicy(policy: ServedPolicy, name: string, input: ActInput): Promise<Action[]> {
  const actions = await policy(input);
  if (actions.length !== input.symbols.length) {
    throw outputInvalid(name, input, `${actions.length} actions for ${input.symbols.length} symbols`);
  }
  const wrong = actions.find((action) => action !== 0 && action !== 1 && action !== 2);
  if (wrong !== undefined) throw outputInvalid(name, input, `action ${wrong}, which is not 0, 1 or 2`);
  return actions as Action[];
}

function outputInvalid(name: string, input: ActInput, what: string): RefusedError {
  const minute = `session ${input.session}, ${minuteName(input.minuteIndex)}`;
  return new RefusedError(500, 'OUTPUT_INVALID', `policy ${name} gave ${what} (${minute})`);
}

async function beforeDeadline<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function requirePolicy(name: string, policies: PolicyRegistry): ServedPolicy {
  const policy = policies.get(name);
  if (policy) return policy;
  const served = [...policies.keys()].join(', ');
  throw new RefusedError(404, 'POLICY_UNKNOWN', `policy: '${name}' is not served; served are: ${served}`);
}

function requireHash(given: string, served: string): void {
  if (given === served) return;
  throw new RefusedError(
    409,
    'FEATURE_SCHEMA_MISMATCH',
    `featureSchemaHash: the request has ${given}, this runner has ${served}; run signal and runner from one version`,
  );
}

/** Each list has one entry per symbol, the observation the features of each and its position. */
function requireShape(input: ActInput, at: number): void {
  const symbols = input.symbols.length;
  const wanted = [
    ['closesE4', input.closesE4.length, symbols],
    ['positions', input.positions.length, symbols],
    ['observation', input.observation.length, symbols * (FEATURE_COUNT + 1)],
  ] as const;
  for (const [field, length, expected] of wanted) {
    if (length === expected) continue;
    const message = `inputs.${at}.${field}: has ${length} entries, ${symbols} symbols need ${expected}`;
    throw new RefusedError(400, 'REQUEST_INVALID', message);
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new RefusedError(400, 'REQUEST_INVALID', 'body: is not JSON');
  }
}
