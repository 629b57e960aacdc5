/**
 * What doctor says of the machine that the tests run on: it has the Node that npm ci brings.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineChecks } from '../../../../../../local/cli/commands/doctor/checks.ts';

describe('the checks of the machine', () => {
  it.each(['node', 'platform', 'postgres binaries'])('find nothing wrong with %s', async (name) => {
    const check = machineChecks(join(tmpdir(), 'jules-doctor'), {}).find((each) => each.name === name);
    expect(check).toBeDefined();
    expect(await check!.run()).toMatchObject({ level: 'ok' });
  });
});
