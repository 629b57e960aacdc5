/**
 * What `jules destroy` does: takes the active target's stacks away, and its emulator where deploy started it.
 */

import { destroy, type Destroyed } from '../../../deploy/destroy.ts';
import { lockDeploys } from '../../../deploy/lock.ts';
import { readTargetFile, type TargetFile } from '../../../deploy/target-file.ts';
import { defaultDataDir, openDataDir } from '../../../stack/data-dir.ts';
import { EXIT_FAILED, EXIT_OK } from '../../../problem.ts';
import { confirm, requireInteractive } from '../../shell/agreement.ts';
import type { CliContext } from '../../context.ts';
import { watchStopSignals } from '../../shell/signals.ts';
import type { Terminal } from '../../shell/terminal.ts';

export interface DestroyOptions {
  readonly data?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export async function runDestroy(options: DestroyOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const dataDir = openDataDir(options.data ?? defaultDataDir(context.env));
  const file = readTargetFile(dataDir);
  if (file === null) {
    terminal.note(`nothing is deployed from ${dataDir}`);
    if (options.json) terminal.out(JSON.stringify({ stacks: [], emulatorStopped: false }));
    return EXIT_OK;
  }
  if (file.target === 'aws' && !options.yes && !(await isAgreed(file, terminal))) {
    terminal.note('nothing was destroyed');
    return EXIT_FAILED;
  }
  const aborted = new AbortController();
  const signals = watchStopSignals(() => process.exit(EXIT_FAILED));
  void signals.first.then(() => aborted.abort());
  const lock = await lockDeploys(dataDir);
  try {
    const done = await destroy({ file, dataDir, signal: aborted.signal, note: (text) => terminal.note(text) });
    printDestroyed(done, file, options, terminal);
    return EXIT_OK;
  } finally {
    await lock.release();
    signals.dispose();
  }
}

async function isAgreed({ account, region, stacks }: TargetFile, terminal: Terminal): Promise<boolean> {
  requireInteractive('destroy on AWS asks first', terminal);
  return confirm(`Delete ${stacks.join(', ')} in account ${account}, ${region}?`, terminal);
}

function printDestroyed(
  { stacks, emulatorStopped }: Destroyed,
  file: TargetFile,
  { json }: DestroyOptions,
  terminal: Terminal,
): void {
  if (json) return terminal.out(JSON.stringify({ stacks, emulatorStopped }));
  terminal.out(stacks.length === 0 ? 'no stack was left' : `deleted ${stacks.join(', ')}`);
  const stays = file.target !== 'aws' && !emulatorStopped;
  if (stays)
    terminal.note(`the emulator at ${file.endpoint} was not started by deploy: it stays, and so does its CDKToolkit`);
}
