/**
 * A start on a folder where one runs already: with the same options it says where, with others it is refused with those
 * that differ. An option that is not given asks for nothing.
 */

import { formatSessionDate } from '../../../../shared/domain/calendar/session-date.ts';
import { toUsd } from '../../../../shared/domain/units/units.ts';
import { EXIT_DEPENDENCY_DOWN, EXIT_FAILED, EXIT_OK, Problem } from '../../../problem.ts';
import type { Holder } from '../../../stack/lock.ts';
import type { Terminal } from '../../shell/terminal.ts';
import type { StartOptions } from './options.ts';

/** Options as a person would type them: `--speed` → `60`. */
export type OptionTexts = Readonly<Record<string, string>>;

/** Where the stack is and how the command prints is not compared. */
type Compared = Exclude<keyof StartOptions, 'data' | 'json'>;

const TEXTS: { readonly [Name in Compared]: (value: NonNullable<StartOptions[Name]>) => string } = {
  symbols: (symbols) => symbols.join(','),
  policy: String,
  profile: String,
  fees: String,
  account: (accountE4) => String(toUsd(accountE4)),
  seed: String,
  speed: (pace) => (pace.kind === 'speed' ? String(pace.factor) : pace.kind),
  startDate: formatSessionDate,
  bars: String,
  daily: String,
  to: formatSessionDate,
  strict: String,
  book: String,
  newRun: String,
  port: String,
  watch: String,
};

export function optionTexts(options: Partial<StartOptions>): OptionTexts {
  const names = Object.keys(TEXTS) as Compared[];
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [flagOf(name), textOf(name, options)]),
  );
}

/** `startDate` → `--start-date` */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function textOf<Name extends Compared>(name: Name, options: Partial<StartOptions>): string {
  return TEXTS[name](options[name]!);
}

/** Throws Problem where somebody else has the folder, or the stack there was started otherwise. */
export function describeHolder(
  holder: Holder | null,
  { dataDir, asked, json }: { readonly dataDir: string; readonly asked: OptionTexts; readonly json: boolean },
  terminal: Terminal,
): number {
  if (holder?.purpose !== 'start') {
    const who = holder === null ? 'another process' : `${holder.purpose} (pid ${holder.pid})`;
    throw new Problem(`the data folder ${dataDir} is in use by ${who}`, {
      fix: 'wait until it is done, or name another folder with --data DIR',
      exitCode: EXIT_DEPENDENCY_DOWN,
    });
  }
  refuseOthers(holder, asked);
  const { options: _, ...said } = holder;
  if (json) {
    terminal.out(JSON.stringify({ event: 'already-running', ...said }));
    return EXIT_OK;
  }
  terminal.out(`IntradayJules is already running${holder.url === null ? ' and starting up' : ` on ${holder.url}`}`);
  terminal.out(`  pid ${holder.pid}, data ${holder.dataDir}`);
  terminal.out('  Ctrl-C in its terminal stops it; ./jules status says what it does');
  return EXIT_OK;
}

function refuseOthers({ options: running = {}, url, pid, dataDir }: Holder, asked: OptionTexts): void {
  const others = Object.entries(asked).filter(([flag, value]) => flag === '--new-run' || running[flag] !== value);
  if (others.length === 0) return;
  const differences = others.map(([flag, value]) => differenceText(flag, { value, running: running[flag] }));
  const where = url === null ? '' : ` on ${url}`;
  throw new Problem(`IntradayJules is already running${where} with other options: ${differences.join('; ')}`, {
    fix: `stop it first (Ctrl-C in its terminal, pid ${pid}, data ${dataDir}), or name another folder with --data DIR`,
    exitCode: EXIT_FAILED,
  });
}

function differenceText(flag: string, { value, running }: { value: string; running: string | undefined }): string {
  if (value === 'true') return `${flag} is asked for`;
  return `${flag} is ${running ?? 'not given'} there, and ${value} is asked for`;
}
