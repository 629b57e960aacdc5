/**
 * One supervisor per data folder: an abstract socket named after the folder, which the kernel gives back when its
 * owner dies, however it dies. So there is no stale lock and no reused process id to be mistaken for the owner.
 *
 * The owner answers whoever connects with one line of JSON: who it is and where its page is.
 */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import * as z from 'zod';

/** With 500 symbols and the longest paths of folders. */
const ANSWER_BYTES_MAX = 65_536;
const ANSWER_TIMEOUT_MS = 2_000;

const holderSchema = z.strictObject({
  pid: z.int(),
  /** What it does: a paper run, a replay, or a command that needs the database. */
  purpose: z.enum(['start', 'replay', 'database', 'reset', 'secrets', 'deploy']),
  dataDir: z.string(),
  startedAtMs: z.number(),
  /** Null while it starts, or when it serves no page. */
  url: z.string().nullable(),
  /** What a start was given, option by option, as text. */
  options: z.record(z.string(), z.string()).optional(),
});
export type Holder = z.infer<typeof holderSchema>;

export interface Lock {
  /** Changes what later callers learn of the holder. */
  update(changes: Partial<Holder>): void;
  release(): Promise<void>;
}

export type LockResult =
  | { readonly kind: 'acquired'; readonly lock: Lock }
  /** `holder` is null when the owner did not say who it is in time. */
  | { readonly kind: 'held'; readonly holder: Holder | null };

export async function acquireLock(
  dataDir: string,
  purpose: Holder['purpose'],
  nowMs: number,
  options?: Holder['options'],
): Promise<LockResult> {
  let holder: Holder = {
    pid: process.pid,
    purpose,
    dataDir,
    startedAtMs: nowMs,
    url: null,
    ...(options && { options }),
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${JSON.stringify(holder)}\n`);
  });
  if (!(await listens(server, socketName(dataDir)))) return { kind: 'held', holder: await findHolder(dataDir) };
  server.unref();
  return {
    kind: 'acquired',
    lock: {
      update: (changes) => {
        holder = { ...holder, ...changes };
      },
      release: () => new Promise((resolve) => server.close(() => resolve())),
    },
  };
}

/** Who runs on this folder; null when nobody does, or nobody answers. */
export async function findHolder(dataDir: string): Promise<Holder | null> {
  const answer = await ask(socketName(dataDir));
  if (answer === null) return null;
  const parsed = holderSchema.safeParse(parseJson(answer));
  return parsed.success ? parsed.data : null;
}

/** The leading NUL makes it an abstract name: nothing on disk, so nothing to clean up. */
function socketName(dataDir: string): string {
  const digest = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 32);
  return `\0intraday-jules-${digest}`;
}

function listens(server: Server, path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
  );
  server.listen({ path }, () => resolve(true));
  return promise;
}

function ask(path: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({ path });
  let answer = '';
  socket.setEncoding('utf8').setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
  socket.on('data', (chunk: string) => {
    answer += chunk;
    if (answer.length > ANSWER_BYTES_MAX) socket.destroy();
  });
  socket.on('error', () => resolve(null));
  socket.on('close', () => resolve(answer === '' ? null : answer));
  return promise;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
