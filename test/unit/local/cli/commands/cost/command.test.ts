/**
 * `jules cost`: an itemised month for people and for programs, and clear refusals.
 */

import { describe, expect, it } from 'vitest';
import { runCli } from '../../../../../../local/cli/program.ts';
import { costReportSchema } from '../../../../../../stacks/cost/report.ts';
import { fakeTerminal } from '../../../../../support/stack/fake-terminal.ts';

async function cost(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await runCli(['cost', ...args], { terminal, env: {} });
  return { code, said: terminal.notes.join('\n'), data: terminal.data.join('\n') };
}

async function report(...args: string[]) {
  const { code, data } = await cost(...args, '--json');
  expect(code).toBe(0);
  return costReportSchema.parse(JSON.parse(data));
}

const PAPER = ['--profile', 'paper', '--month', '2026-12'];

describe('jules cost', () => {
  it('prints a dated month with its items, its sum, and what drives the sum', async () => {
    const { code, data, said } = await cost(...PAPER, '--price', 'vpc.nat-hour=0.05');
    const { totalUsdMicro } = await report(...PAPER, '--price', 'vpc.nat-hour=0.05');
    const { low, mid, high } = totalUsdMicro!;
    const [least, middle, most] = [low, mid, high].map((micro) => (micro / 1e6).toFixed(2));
    const today = new Date().toISOString().slice(0, 10);
    expect(code).toBe(0);
    expect(said).toBe('');
    expect(data).toContain(`Profile paper, month 2026-12, as of ${today}; USD`);
    expect(data).toContain('22 sessions with 8,400 minutes in 744 hours; us-east-1, 2 symbols, GPU g6.xlarge');
    expect(data).toMatch(new RegExp(`NAT gateway +744 hour +37\\.20 +37\\.20 +37\\.20 {2}${today} given\n`));
    expect(data).toMatch(/RDS db\.t4g\.medium, one zone +744 hour( +\d+\.\d\d){3} {2}\d{4}\S* weak stale\n/);
    expect(data).toMatch(new RegExp(`sum of 26 priced items +${least} +${middle} +${most}\n`));
    expect(data).toMatch(new RegExp(`What the mid of ${middle} is driven by[^]+inference[^]+RDS[^]+NAT gateway`));
    expect(data).toMatch(
      /NO DATA {2}models, exports and flow logs in S3, 5 GB-month: no verified rate \(--price s3\.gb-month=USD\)/,
    );
    expect(data).toMatch(/stale: \d+ prices are older than 90 days or undated/);
    expect(data).toMatch(/Network: NAT \d+\.\d\d, endpoints \d+\.\d\d; endpoints cost \d+\.\d\d more/);
  });

  it('says NO DATA of a workstation that nobody has measured, and what would be needed', async () => {
    const { code, data } = await cost('--profile', 'workstation');
    expect(code).toBe(0);
    expect(data).toMatch(/sum of 0 priced items +NO DATA/);
    expect(data).toContain('(--set watts=VALUE --price power.kwh=USD)');
    expect(data).not.toMatch(/\b0\.00\b/);
  });

  it('lists the assumptions on request, and which of them were given', async () => {
    const { data } = await cost(...PAPER, '--assumptions', '--set', 'training-hours=0:10:40');
    expect(data).toMatch(/training-hours +0 : 10 : 40 GPU hours a month +given/);
    expect(data).toMatch(/spot-factor +0\.3 : 0\.45 : 0\.6 of the price on demand +AWS says up to 90 % off/);
  });

  it('prints JSON by its schema, with assumptions, sources and ages', async () => {
    const { assumptions, items, profile, month } = await report(...PAPER);
    expect({ profile, month: month.name }).toEqual({ profile: 'paper', month: '2026-12' });
    expect(assumptions.length).toBeGreaterThan(30);
    expect(items.every(({ price }) => price.source !== '')).toBe(true);
  });

  it('takes every option to the model', async () => {
    const options = ['--symbols', '9', '--hours', '100', '--gpu', 'g5.xlarge', '--network', 'endpoints', '--multi-az'];
    const { choices, items, assumptions } = await report(
      ...PAPER,
      ...options,
      '--set',
      'zones=3',
      '--price',
      'vpc.endpoint-hour=0.02',
    );
    expect(choices).toEqual({ symbols: 9, gpu: 'g5.xlarge', network: 'endpoints', multiAz: true, runnerHours: 100 });
    expect(assumptions.find(({ name }) => name === 'zones')).toMatchObject({
      range: { low: 3, mid: 3, high: 3 },
      isGiven: true,
    });
    // 744 h x 3 zones x 8 endpoints x 0.02
    expect(items.find(({ id }) => id === 'endpoints')?.usdMicro.mid).toBe(357_120_000);
    const { choices: single } = await report('--profile', 'growth', '--no-multi-az');
    expect(single.multiAz).toBe(false);
  });

  it('takes several assumptions and prices', async () => {
    const gifts = ['--set', 'watts=180', '--price', 'power.kwh=0.30', '--price', 'hardware.month=75'];
    const { items, unpriced } = await report('--profile', 'workstation', '--month', '2026-12', ...gifts);
    expect(items.map(({ id, usdMicro }) => [id, usdMicro.mid])).toEqual([
      ['power', 40_176_000],
      ['hardware', 75_000_000],
    ]);
    expect(unpriced.map(({ id }) => id)).toEqual(['line', 'market-data']);
  });

  it('explains itself', async () => {
    const { code, data } = await cost('--help');
    expect(code).toBe(0);
    for (const word of ['workstation', 'paper', 'growth', '--symbols', '--hours', '--set', '--price', 'docs/cost.md'])
      expect(data).toContain(word);
  });

  it.each<[string, string[], string[]]>([
    ['no profile', [], ['--profile is missing', 'workstation, paper, growth']],
    ['an unknown profile', ['--profile', 'moon'], ["--profile: 'moon'", 'workstation, paper, growth']],
    ['no symbols', [...PAPER, '--symbols', '0'], ['--symbols', '1 to 500']],
    ['symbols by name', [...PAPER, '--symbols', 'AAPL'], ['--symbols', "'AAPL'"]],
    ['hours below nothing', [...PAPER, '--hours', '-1'], ['--hours', '0 to 744']],
    ['more hours than any month has', [...PAPER, '--hours', '745'], ['--hours', '0 to 744']],
    [
      'more hours than this month has',
      ['--profile', 'paper', '--month', '2026-02', '--hours', '700'],
      ['2026-02 has 672'],
    ],
    ['an invalid month', ['--profile', 'paper', '--month', '2026-13'], ['--month', '2026-13', '--month 2026-12']],
    ['a month outside the calendar', ['--profile', 'paper', '--month', '2035-01'], ['2010 to 2028']],
    ['an unknown region', [...PAPER, '--region', 'mars'], ['--region', "'mars'", 'us-east-1']],
    ['a GPU nobody has', [...PAPER, '--gpu', 'h100'], ['--gpu', 'g4dn.xlarge, g5.xlarge, g6.xlarge, none']],
    ['an unknown network', [...PAPER, '--network', 'vpn'], ['--network', 'nat, endpoints']],
    ['an assumption without a value', [...PAPER, '--set', 'zones'], ['--set', "'zones'", 'name=value']],
    ['an unknown assumption', [...PAPER, '--set', 'moon=1'], ['--set', 'names no assumption', 'zones']],
    ['an assumption in words', [...PAPER, '--set', 'zones=two'], ['--set', 'zones=two', 'low:mid:high']],
    ['a range upside down', [...PAPER, '--set', 'zones=3:2:1'], ['--set', 'rising range']],
    ['a range of two', [...PAPER, '--set', 'zones=1:2'], ['--set', 'rising range']],
    ['an assumption beyond its limit', [...PAPER, '--set', 'spot-factor=2'], ['--set', 'from 0 to 1']],
    ['a price in words', [...PAPER, '--price', 'vpc.nat-hour=cheap'], ['--price', 'is not a price']],
    ['a price of nothing', [...PAPER, '--price', 'vpc.nat-hour=0'], ['--price', 'above 0']],
    ['a price nobody pays', [...PAPER, '--price', 'moon.gb=1'], ["no price 'moon.gb'", 'vpc.nat-hour']],
  ])('refuses %s with the fix', async (_what, args, words) => {
    const { code, said, data } = await cost(...args);
    expect(code).toBe(2);
    expect(data).toBe('');
    for (const word of words) expect(said).toContain(word);
    expect(said).toContain('fix:');
  });
});
