/**
 * One file of the vault's log: a header in the clear and a sealed body of changes.
 *
 * Header: magic (6), format (1), kind (1), vault id (16), epoch (8), head before it (32). The header is associated
 * data of the body, and every file names the hash of the one before it, so none can be altered, moved, left out or
 * taken from another fork of the same vault.
 */

import { createHash } from 'node:crypto';
import { altered, newerFormat, swapped } from './errors.ts';
import { bodySchema, type Change, FORMAT } from './records.ts';
import { seal, unseal } from './sealing.ts';

/** A snapshot holds everything up to its epoch, a segment the one change that makes its epoch. */
export type LogKind = 'snapshot' | 'segment';

export interface LogFile {
  readonly kind: LogKind;
  readonly epoch: number;
  /** Of a segment: the hash of the log before it. Of a snapshot: the hash of the log up to its epoch. */
  readonly head: Buffer;
  readonly changes: readonly Change[];
}

export interface LogIdentity {
  readonly vaultId: string;
  readonly logKey: Uint8Array;
}

const MAGIC = Buffer.from('JVAULT', 'latin1');
const KIND_CODES = { snapshot: 1, segment: 2 } as const;
const HEAD_BYTES = 32;
const FORMAT_AT = MAGIC.length;
const KIND_AT = FORMAT_AT + 1;
const ID_AT = KIND_AT + 1;
const EPOCH_AT = ID_AT + 16;
const HEAD_AT = EPOCH_AT + 8;
const HEADER_BYTES = HEAD_AT + HEAD_BYTES;

/** The head of a log that holds nothing yet. */
export const NO_HEAD = Buffer.alloc(HEAD_BYTES);

export function headOf(fileBytes: Uint8Array): Buffer {
  return createHash('sha256').update(fileBytes).digest();
}

export function encodeLogFile(file: LogFile, { vaultId, logKey }: LogIdentity): Buffer {
  const header = headerOf(file, vaultId);
  const body = Buffer.from(JSON.stringify({ format: FORMAT, changes: file.changes }), 'utf8');
  const sealed = seal(logKey, body, header);
  body.fill(0);
  return Buffer.concat([header, sealed]);
}

/** Throws VaultError ALTERED, SWAPPED or FORMAT_UNKNOWN naming the file. */
export function decodeLogFile(
  bytes: Buffer,
  { vaultId, logKey }: LogIdentity,
  expected: { readonly path: string; readonly kind: LogKind; readonly epoch: number },
): LogFile {
  const { path, kind, epoch } = expected;
  const header = bytes.subarray(0, HEADER_BYTES);
  const body = unseal(logKey, bytes.subarray(HEADER_BYTES), header);
  if (body === null) throw whyRefused(header, vaultId, path);
  const head = Buffer.from(header.subarray(HEAD_AT));
  if (!header.equals(headerOf({ kind, epoch, head }, vaultId))) throw swapped(path, 'has the place of another file');
  const parsed = bodySchema.safeParse(JSON.parse(body.toString('utf8')));
  body.fill(0);
  if (!parsed.success) throw altered(path, parsed.error);
  return { kind, epoch, head, changes: parsed.data.changes };
}

function headerOf({ kind, epoch, head }: Omit<LogFile, 'changes'>, vaultId: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt8(FORMAT, FORMAT_AT);
  header.writeUInt8(KIND_CODES[kind], KIND_AT);
  idBytes(vaultId).copy(header, ID_AT);
  header.writeBigUInt64BE(BigInt(epoch), EPOCH_AT);
  head.copy(header, HEAD_AT);
  return header;
}

/** What is said of a file that the key does not open; its header cannot be trusted, so this is a hint and no proof. */
function whyRefused(header: Buffer, vaultId: string, path: string): Error {
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) return altered(path);
  const format = header.readUInt8(FORMAT_AT);
  if (format > FORMAT) return newerFormat(path, format, FORMAT);
  const isOurs = header.subarray(ID_AT, EPOCH_AT).equals(idBytes(vaultId));
  return isOurs ? altered(path) : swapped(path, 'belongs to another vault');
}

function idBytes(vaultId: string): Buffer {
  return Buffer.from(vaultId.replaceAll('-', ''), 'hex');
}
