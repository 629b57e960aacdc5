/**
 * A reader that has enough, such as `head`, ends a command without an error.
 */

import { expect, it } from 'vitest';
import { startJules } from '../../support/stack/jules.ts';

it('a command whose output nobody reads any more ends quietly', async () => {
  const { child, ended } = startJules(['--help']);
  child.stdout!.destroy();
  const { exitCode, stderr } = await ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});
