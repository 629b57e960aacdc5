/**
 * Lambda entry of signal: picks adapters by the environment and wraps the handler.
 */

import { createHttpRunner } from '../../shared/adapters/runner/http-runner.ts';
import { functionParts, queueFunction } from '../../shared/entry/function-parts.ts';
import { readRunnerSettings } from '../../shared/runtime/function-settings.ts';
import { serviceToken } from '../../shared/runtime/with-secret.ts';
import { createSignal } from './handler.ts';

const RUNNER_TIMEOUT_MS = 3_000;

const parts = functionParts('signal', process.env);
const { url: baseUrl, secret } = readRunnerSettings(process.env);
const token = serviceToken({ secrets: parts.secrets, name: secret });
const runner = createHttpRunner({ baseUrl, timeoutMs: RUNNER_TIMEOUT_MS, token });

export const handler = queueFunction('signal', parts, createSignal({ runner }));
