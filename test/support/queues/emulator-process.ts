/**
 * An emulator whose parent a test can kill. Sends the emulator's process id to its own parent.
 */

import { startEmulator } from '../../../local/emulators/emulator.ts';
import { LOCALSTACK } from '../../../local/emulators/localstack/localstack.ts';
import { MINISTACK } from '../../../local/emulators/ministack/ministack.ts';

const kind = process.argv[2] === LOCALSTACK.name ? LOCALSTACK : MINISTACK;
const emulator = await startEmulator(kind);
process.send?.(emulator.pid);
process.on('disconnect', () => process.exit(0));
