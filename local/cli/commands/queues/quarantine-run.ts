/**
 * `jules queues peek quarantine` and `redrive quarantine`: what was parked, and back to its queue after a fix.
 */

import type { QuarantineRow } from '../../../../shared/ports/repositories/messages.ts';
import { sendParked } from './quarantine.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';
import { withQuarantine, withQueuesOfStack } from './access.ts';
import { parkedLines, withShownBody } from './table.ts';

export interface QuarantineOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly full?: boolean;
  readonly max?: number;
  readonly id?: readonly number[];
}

const REDRIVE_MAX = 10_000;

export async function peekQuarantine(options: QuarantineOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { id: ids, max = 10, full = false } = options;
  const filter = ids === undefined ? { max } : { ids, max: ids.length };
  const rows = await withQuarantine(options.data, context, (ask) => ask((quarantine) => quarantine.list(filter)));
  refuseUnknown(ids, rows);
  if (options.json) terminal.out(JSON.stringify(rows.map((row) => withShownBody(row, full))));
  else if (rows.length === 0) terminal.out('the quarantine is empty');
  else for (const line of rows.flatMap((row) => parkedLines(row, full))) terminal.out(line);
  return EXIT_OK;
}

/** Without ids: every message that waits, late copies left out, since their minutes are decided. */
export async function redriveQuarantine(options: QuarantineOptions, context: CliContext): Promise<number> {
  const { id: ids } = options;
  const filter = ids === undefined ? { waiting: true, max: REDRIVE_MAX } : { ids, max: ids.length };
  const { sent, kept } = await withQueuesOfStack(options.data, context, ({ client, table }) =>
    withQuarantine(options.data, context, async (ask) => {
      const rows = await ask((quarantine) => quarantine.list(filter));
      refuseUnknown(ids, rows);
      const mark = (id: number) => ask((quarantine) => quarantine.markRedriven(id));
      return sendParked(rows.toReversed(), { client, topology: table, mark });
    }),
  );
  const { terminal } = context;
  for (const { id, why } of kept) terminal.note(`#${id} stays: ${why}`);
  if (options.json) terminal.out(JSON.stringify({ queue: 'quarantine', sent, kept }));
  else terminal.out(`${count(sent.length)} went back to ${sent.length === 1 ? 'its queue' : 'their queues'}`);
  if (sent.length > 0) terminal.note('what cannot be read yet is parked again, and a minute decided meanwhile as late');
  return kept.length > 0 && sent.length === 0 ? EXIT_FAILED : EXIT_OK;
}

function refuseUnknown(ids: readonly number[] | undefined, rows: readonly QuarantineRow[]): void {
  const unknown = ids?.filter((id) => !rows.some((row) => row.id === id)) ?? [];
  if (unknown.length === 0) return;
  throw new Problem(`--id: the quarantine holds no #${unknown.join(', #')}`, {
    fix: './jules queues peek quarantine lists what it holds',
    exitCode: EXIT_USAGE,
  });
}

function count(messages: number): string {
  return messages === 1 ? '1 parked message' : `${messages} parked messages`;
}
