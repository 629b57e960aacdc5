/**
 * The page as an application: who is answered, what is served, what is refused and in which words.
 */

import { describe, expect, it } from 'vitest';
import { createReportApp } from '../../../../../functions/report/page/app.ts';
import type { Problem } from '../../../../../functions/report/page/problems.ts';
import type { CommandData } from '../../../../../shared/contracts/command.v2.ts';
import type { Access } from '../../../../../shared/domain/audit/entries.ts';
import { FakeReportViews, fakeStatus } from '../../../../support/page/fake-report-views.ts';
import { SILENT } from '../../../../support/page/page-fixture.ts';
import { acceptsOnly } from '../../../../support/secrets/fixed-secrets.ts';
import { stepClock } from '../../../../support/core/step-clock.ts';

const TOKEN = 'a-token-of-sixteen-or-more';

function start(options: { minute?: number; send?: () => Promise<string> } = {}) {
  const views = new FakeReportViews({ minute: options.minute ?? 231 });
  const sent: CommandData[] = [];
  const recorded: Access[] = [];
  const app = createReportApp({
    views,
    commands: { send: options.send ?? (async (command) => `command/${sent.push(command)}`) },
    audit: { record: (access) => void recorded.push(access) },
    status: async () => fakeStatus(),
    token: acceptsOnly(TOKEN),
    clock: stepClock(1_000),
    logger: SILENT,
    allowedHosts: ['jules.example'],
  });
  const ask = (path: string, init: RequestInit = {}) => app.request(`http://localhost${path}`, init);
  return { views, sent, recorded, ask };
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as Problem).error.code;
}

function commandRequest(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

describe('what is served', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/static/main.js', 'text/javascript; charset=utf-8'],
    ['/static/theme.css', 'text/css; charset=utf-8'],
    ['/static/vendor/uplot.js', 'text/javascript; charset=utf-8'],
  ])('answers %s as %s, closed to other sites', async (path, type) => {
    const response = await start().ask(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('sends a file once and then says that it has not changed', async () => {
    const { ask } = start();
    const etag = (await ask('/static/main.js')).headers.get('etag')!;
    expect((await ask('/static/main.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('serves every file that the page asks for', async () => {
    const { ask } = start();
    const html = await (await ask('/')).text();
    const asked = [...html.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map((match) => match[1]!);
    const statuses = await Promise.all(asked.map(async (path) => (await ask(path)).status));
    expect(asked.length).toBeGreaterThan(5);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it.each(['/static/../deps.ts', '/static/%2e%2e/app.ts', '/static/none.js', '/api/none', '/etc/passwd'])(
    'has nothing at %s',
    async (path) => {
      const response = await start().ask(path);
      expect([response.status, await codeOf(response)]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it('names the method that an address takes', async () => {
    const { ask } = start();
    const posted = await ask('/api/snapshot', { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const asked = await ask('/api/commands');
    expect([asked.status, asked.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('who is answered', () => {
  it.each([
    ['localhost:4750', 200],
    ['127.0.0.1:4750', 200],
    ['[::1]:4750', 200],
    ['jules.example', 200],
    ['evil.example', 403],
    ['localhost.evil.example', 403],
  ])('the host name %s: %i', async (host, status) => {
    expect((await start().ask('/api/sessions', { headers: { host } })).status).toBe(status);
  });

  it('refuses a page of another site', async () => {
    const response = await start().ask('/api/snapshot', { headers: { origin: 'http://evil.example' } });
    expect([response.status, await codeOf(response)]).toEqual([403, 'ORIGIN_UNKNOWN']);
  });
});

describe('snapshots', () => {
  it('give the session in progress, or the one that is named', async () => {
    const { ask } = start();
    const live = await (await ask('/api/snapshot')).json();
    expect(live).toMatchObject({
      full: true,
      sections: { session: { date: '2025-01-03', live: true, lastMinute: 231 } },
    });
    const past = await (await ask('/api/snapshot?session=2025-01-02')).json();
    expect(past).toMatchObject({ sections: { session: { date: '2025-01-02', live: false, closed: true } } });
    expect(past).toMatchObject({ sections: { stack: { phase: 'closed' } } });
  });

  it('of the session in progress are live when it is named, too', async () => {
    const state = await (await start().ask('/api/snapshot?session=2025-01-03')).json();
    expect(state).toMatchObject({ sections: { session: { live: true } } });
  });

  it.each([
    ['2025-01-01', 404, 'SESSION_UNKNOWN'],
    ['2025-13-01', 400, 'SESSION_INVALID'],
    ['yesterday', 400, 'SESSION_INVALID'],
  ])('of %s: %i %s', async (date, status, code) => {
    const response = await start().ask(`/api/snapshot?session=${date}`);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  it('say that the database is away, and keep the last state of the session in progress', async () => {
    const { ask, views } = start();
    await ask('/api/snapshot');
    views.failure = new Error('connection refused');
    const past = await ask('/api/snapshot?session=2025-01-02');
    expect([past.status, await codeOf(past)]).toEqual([503, 'DATABASE_AWAY']);
    const live = await (await ask('/api/snapshot')).json();
    expect(live).toMatchObject({ sections: { stack: { phase: 'error' }, session: { lastMinute: 231 } } });
  });
});

describe('sessions', () => {
  it('are listed newest first, with what each gained after fees', async () => {
    const { ask, views } = start();
    const list = await (await ask('/api/sessions')).json();
    const heads = await views.sessions();
    const netUsd = heads.map((head) => (head.equityE4 - head.openingCashE4!) / 10_000);
    expect(list).toMatchObject([
      { date: '2025-01-03', closed: false, lastMinute: 231, netPnlUsd: netUsd[0] },
      { date: '2025-01-02', closed: true, lastMinute: 389, netPnlUsd: netUsd[1] },
    ]);
  });
});

describe('trades as CSV', () => {
  it('have one line a fill and a name that says which day', async () => {
    const { ask, views } = start();
    const response = await ask('/api/trades.csv?session=2025-01-02');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="trades-2025-01-02.csv"');
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines.length - 1).toBe(views.past.fills.length);
  });

  it.each([
    ['/api/trades.csv', 400, 'SESSION_MISSING'],
    ['/api/trades.csv?session=2025-01-01', 404, 'SESSION_UNKNOWN'],
    ['/api/trades.csv?session=2025-01-02&run=other', 404, 'SESSION_UNKNOWN'],
  ])('of %s: %i %s', async (path, status, code) => {
    const response = await start().ask(path);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });
});

describe('commands', () => {
  it('are taken from who holds the token, with the reason and the time', async () => {
    const { ask, sent } = start();
    const response = await ask('/api/commands', commandRequest({ command: 'halt', reason: ' looks wrong ' }));
    expect([response.status, await response.json()]).toEqual([
      202,
      { accepted: 'halt', issuedAtMs: 1_000, id: 'command/1' },
    ]);
    expect(sent).toEqual([
      { command: 'halt', cause: 'OPERATOR_HALT', reason: 'looks wrong', operator: 'page', issuedAtMs: 1_000 },
    ]);
  });

  it('of the command line say who sent them, and an order to arm names the finding it accepts', async () => {
    const { ask, sent } = start();
    const body = { command: 'arm', reason: 'read it', operator: 'cli:uid-1000', acceptAudit: 'entry 4' };
    expect((await ask('/api/commands', commandRequest(body))).status).toBe(202);
    const { reason, operator, acceptAudit } = body;
    expect(sent).toEqual([{ command: 'arm', reason, operator, acceptAudit, issuedAtMs: 1_000 }]);
  });

  it('are answered with an id under which their outcome is read', async () => {
    const { ask, views } = start();
    const known = { result: 'done', text: 'stands', state: 'HALTED', causes: [], arming: null } as const;
    views.outcomes.set('command/1', known);
    const told = async (id: string) => (await (await ask(`/api/commands/outcome?id=${id}`)).json()) as object;
    expect(await told('command/1')).toEqual({
      id: 'command/1',
      outcome: known,
      text: `${known.text}; trading is ${known.state}`,
    });
    expect(await told('command/2')).toEqual({ id: 'command/2', outcome: null, text: null });
    expect((await ask('/api/commands/outcome')).status).toBe(400);
    views.failure = new Error('away');
    expect((await ask('/api/commands/outcome?id=command/1')).status).toBe(503);
  });

  it.each([
    ['no token', { authorization: '' }],
    ['a wrong token', { authorization: 'Bearer another-token-of-some-length' }],
    ['a token in another scheme', { authorization: `Basic ${TOKEN}` }],
  ])('are refused with %s', async (_, headers) => {
    const { ask, sent } = start();
    const response = await ask('/api/commands', commandRequest({ command: 'halt', reason: 'r' }, headers));
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(sent).toEqual([]);
  });

  it.each([
    ['an unknown command', { command: 'sell', reason: 'r' }, {}, 400],
    ['no reason', { command: 'halt', reason: '  ' }, {}, 400],
    ['another name for whoever sends it', { command: 'halt', reason: 'r', operator: 'root' }, {}, 400],
    ['a finding accepted by a halt', { command: 'halt', reason: 'r', acceptAudit: 'entry 4' }, {}, 400],
    ['a field too many', { command: 'halt', reason: 'r', force: true }, {}, 400],
    ['what is not JSON', 'halt', {}, 400],
    ['another content type', { command: 'halt', reason: 'r' }, { 'content-type': 'text/plain' }, 415],
    ['a body of more than 4 kB', { command: 'halt', reason: 'r'.repeat(5_000) }, {}, 413],
  ])('are refused with %s', async (_, body, headers, status) => {
    const { ask, sent } = start();
    expect((await ask('/api/commands', commandRequest(body, headers))).status).toBe(status);
    expect(sent).toEqual([]);
  });

  it('say so when the queue does not take them', async () => {
    const { ask } = start({ send: () => Promise.reject(new Error('queue away')) });
    const response = await ask('/api/commands', commandRequest({ command: 'halt', reason: 'r' }));
    expect([response.status, await codeOf(response)]).toEqual([503, 'QUEUE_AWAY']);
  });
});

describe('the audit of commands', () => {
  const commands = '/api/commands';
  const route = { method: 'POST', route: commands };
  const halt = { command: 'halt', reason: 'drill' };

  it('records what was asked for and what was answered', async () => {
    const { ask, recorded } = start();
    await ask(commands, commandRequest(halt));
    await ask(commands, commandRequest({ command: 'sell', reason: 'x' }));
    expect(recorded).toEqual([
      { ...route, outcome: 'accepted', status: 202, detail: 'halt: drill' },
      { ...route, outcome: 'refused', status: 400, detail: '' },
    ]);
  });

  it('records who was refused at the door, and never a token', async () => {
    const { ask, recorded } = start();
    await ask(commands, commandRequest(halt, { authorization: 'Bearer a-guessed-token' }));
    await ask(commands, commandRequest(halt, { origin: 'https://elsewhere.example' }));
    expect(recorded.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['refused', 401],
      ['refused', 403],
    ]);
    expect(JSON.stringify(recorded)).not.toContain('token');
  });

  it('records a command that the queue did not take, and no reading', async () => {
    const { ask, recorded } = start({ send: () => Promise.reject(new Error('away')) });
    await ask(commands, commandRequest(halt));
    await ask('/api/snapshot');
    await ask(commands);
    expect(recorded).toEqual([{ ...route, outcome: 'failed', status: 503, detail: 'halt: drill' }]);
  });
});
