/**
 * A replay on a deployed target: its queues, and where it has them its functions, with everything else run here.
 *
 * Throws Problem: nothing deployed, another target, half deployed, gone, or in use.
 */

import type { MessagingConfig, StackFile } from '../../../../shared/runtime/stack-file.ts';
import { probeEmulator } from '../../../deploy/emulator-probe.ts';
import { emulatorPlace, type Place } from '../../../deploy/place.ts';
import { notDeployed, requireDeployed } from '../../../deploy/target-file.ts';
import { TARGET_TITLES, type EmulatorName } from '../../../deploy/targets.ts';
import { defaultDataDir, openDataDir } from '../../../stack/data-dir.ts';
import { isFree } from '../../../stack/ports.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_USAGE, Problem } from '../../../problem.ts';
import type { CliContext } from '../../context.ts';

export interface ReplayTarget {
  readonly dataDir: string;
  readonly place: Place;
  readonly messaging: MessagingConfig;
  readonly stage: StackFile['stage'];
  /** Where the deployed functions look for what runs here. */
  readonly ports: { readonly postgres: number; readonly runner: number };
}

export async function openReplayTarget(
  name: EmulatorName,
  data: string | undefined,
  { env }: CliContext,
): Promise<ReplayTarget> {
  const dataDir = openDataDir(data ?? defaultDataDir(env));
  const file = requireDeployed(name, dataDir);
  const { endpoint, region, timing, functions, ports } = file;
  if (endpoint === null || ports === null) throw notDeployed(name, dataDir);
  if (name === 'localstack' && functions === 'target') throw inContainers();
  await probeEmulator(name, endpoint);
  await requireFree(ports, name);
  const messaging: MessagingConfig = { kind: 'endpoint', target: name, endpoint, region, functions };
  return { dataDir, place: emulatorPlace(endpoint, region), messaging, stage: timing, ports };
}

/** One stack at a time: the deployed functions know one database and one runner. */
async function requireFree(ports: ReplayTarget['ports'], name: EmulatorName): Promise<void> {
  for (const [part, port] of Object.entries(ports)) {
    if (await isFree(port)) continue;
    throw new Problem(`port ${port} on 127.0.0.1, where ${TARGET_TITLES[name]} looks for the ${part}, is in use`, {
      fix: 'wait for the replay that runs on this target, or stop what listens there (ss -ltnp names it)',
      exitCode: EXIT_DEPENDENCY_DOWN,
    });
  }
}

function inContainers(): Problem {
  return new Problem(
    'the functions of this LocalStack run in containers, where the database of a replay is out of reach',
    {
      fix: 'replay on MiniStack, or on a LocalStack without Docker (./jules destroy, then deploy without --endpoint)',
      exitCode: EXIT_USAGE,
    },
  );
}
