/**
 * The generated part of docs/cost.md: a month of each profile as the command prints it, assumptions, prices.
 *
 * Its marker holds the day and the month, so that the same document comes out on any day.
 */

import { costLines } from '../local/cli/commands/cost/table.ts';
import { ASSUMPTION_NAMES, assumedRange, assumptionOf } from '../stacks/cost/assumptions.ts';
import { monthlyCost } from '../stacks/cost/monthly-cost.ts';
import { PROFILE_NAMES, type ProfileName } from '../stacks/cost/profiles.ts';
import type { CostReport } from '../stacks/cost/report.ts';

const BEGIN = /<!-- costs as of (\d{4}-\d{2}-\d{2}) for (\d{4}-\d{2}): .* -->\n/;
const END = '<!-- end of costs -->';

/** The document with its generated part rewritten, as of its own date or another. Throws where it has no markers. */
export function withCosts(document: string, asOf?: string): string {
  const match = BEGIN.exec(document);
  const end = document.indexOf(END);
  if (match === null || end < match.index) throw new Error(`docs/cost.md has no <!-- costs as of … --> and ${END}`);
  const day = asOf ?? match[1]!;
  const month = asOf?.slice(0, 7) ?? match[2]!;
  const begin = `<!-- costs as of ${day} for ${month}: written by scripts/cost-document.ts --write -->\n`;
  return document.slice(0, match.index) + begin + costText(day, month) + document.slice(end);
}

function costText(day: string, month: string): string {
  const reports = PROFILE_NAMES.map((profile) => monthlyCost(profile, { nowMs: Date.parse(day), month }));
  const months = reports.map((report) => `### ${report.profile}\n\n\`\`\`text\n${plain(report)}\n\`\`\`\n`);
  return ['', ...months, '## Assumptions\n', assumptionTable(), '', '## Prices\n', priceTable(reports), '', ''].join(
    '\n',
  );
}

function plain(report: CostReport): string {
  return costLines(report, (_style, text) => text).join('\n');
}

function assumptionTable(): string {
  const rows = ASSUMPTION_NAMES.map((name) => {
    const { unit, max, why } = assumptionOf(name);
    return `| \`${name}\` | ${rangeText(name, 'paper')} | ${rangeText(name, 'growth')} | ${unit} | ${max} | ${why} |`;
  });
  return ['| Name | paper | growth | Unit | Most | Why |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function rangeText(name: (typeof ASSUMPTION_NAMES)[number], profile: ProfileName): string {
  const range = assumedRange(name, profile);
  if (range === null) return 'NO DATA';
  const { low, mid, high } = range;
  return low === high ? `${mid}` : `${low} : ${mid} : ${high}`;
}

function priceTable(reports: readonly CostReport[]): string {
  const prices = reports.flatMap(({ items }) => items).map(({ price, unit }) => ({ ...price, unit }));
  const distinct = [...new Map(prices.map((price) => [price.id, price])).values()];
  const rows = distinct.map(({ id, usd, unit, capturedOn, quality, source }) => {
    return `| \`${id}\` | ${usdText(usd)} | ${unit} | ${capturedOn ?? 'undated'} | ${quality} | ${source} |`;
  });
  return ['| Price | USD | Unit | Seen | Quality | Source |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

/** Never in powers of ten. */
function usdText(usd: number): string {
  return usd.toLocaleString('en-US', { maximumFractionDigits: 12 });
}
