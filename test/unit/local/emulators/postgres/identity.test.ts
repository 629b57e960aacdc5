/**
 * The command lines that start Postgres as a plain user and as root.
 */

import { describe, expect, it } from 'vitest';
import { commandAs } from '../../../../../local/emulators/postgres/identity.ts';

describe('the command line of the server', () => {
  it.each(['self', 'namespace', 'nobody'] as const)('ends it with its parent, started as %s', (identity) => {
    const command = commandAs(identity, ['postgres', '-D', 'data']);
    // Last before the server: changing user or namespace after it would clear it again.
    expect(command.slice(-5)).toEqual(['--pdeathsig', 'INT', 'postgres', '-D', 'data']);
  });

  it('changes user only for root', () => {
    expect(commandAs('self', ['postgres'])[0]).toBe('setpriv');
    expect(commandAs('namespace', ['postgres']).slice(0, 2)).toEqual(['unshare', '--user']);
    expect(commandAs('nobody', ['postgres'])).toContain('--reuid=65534');
  });
});
