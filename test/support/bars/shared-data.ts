/**
 * Where the recorded market data of the team lies, beside the repository and never in it.
 *
 * Tests that read it are skipped where the folder is absent; their full names hold `shared/data`.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const SHARED_DATA = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
export const hasSharedData = existsSync(SHARED_DATA);
