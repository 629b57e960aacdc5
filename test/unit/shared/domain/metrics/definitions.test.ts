/**
 * Every metric against the formula in numpy and scipy, and against the libraries where they mean the same.
 */

import { describe, expect, it } from 'vitest';
import { maxDrawdown } from '../../../../../shared/domain/metrics/drawdown.ts';
import { excessKurtosis, mean, skewness, standardDeviation } from '../../../../../shared/domain/metrics/moments.ts';
import {
  annualGrowth,
  annualVolatility,
  calmarRatio,
  probabilisticSharpe,
  sharpeRatio,
  sortinoRatio,
  totalReturn,
} from '../../../../../shared/domain/metrics/performance.ts';
import { profitFactor, winRate } from '../../../../../shared/domain/metrics/trades.ts';
import {
  conditionalVar95,
  cornishFisherVar95,
  historicalVar95,
  parametricVar95,
  worstMean95,
} from '../../../../../shared/domain/metrics/value-at-risk.ts';
import {
  disagreements,
  hasSharedData,
  type OracleNumber,
  readBeside,
  readFixture,
} from '../../../../support/core/oracles.ts';

type Answers = Readonly<Record<string, OracleNumber>>;
type Metric = (returns: readonly number[]) => number;

interface OwnCase {
  readonly name: string;
  readonly returns: readonly number[];
  readonly definition: Answers;
  readonly empyrical: Answers;
  readonly quantstats: Answers;
}

interface RecordedCase {
  readonly name: string;
  readonly returns: readonly number[];
  readonly expected: {
    readonly definition: Answers;
    readonly empyrical: Answers;
    readonly quantstats: Answers;
    readonly ffn: Answers;
  };
}

// The absolute part covers what is zero in exact arithmetic: the mean of returns that cancel out.
const TOLERANCE = { relative: 1e-9, absolute: 1e-14 };

const OURS: Readonly<Record<string, Metric>> = {
  annual_vol: annualVolatility,
  sharpe: sharpeRatio,
  sortino: sortinoRatio,
  total_return: totalReturn,
  cagr: annualGrowth,
  max_drawdown: maxDrawdown,
  calmar: calmarRatio,
  var95_historical: historicalVar95,
  var95_parametric: parametricVar95,
  var95_cornish_fisher: cornishFisherVar95,
  cvar95_at_or_below_var: conditionalVar95,
  cvar95_worst_5pct: worstMean95,
  skew: skewness,
  excess_kurtosis: excessKurtosis,
  psr: (returns) => probabilisticSharpe(returns),
};

/** The recorded oracles call some of them otherwise, and have some more. */
const OURS_AS_RECORDED: Readonly<Record<string, Metric>> = {
  n: (returns) => returns.length,
  mean,
  sd_ddof1: standardDeviation,
  annual_vol: annualVolatility,
  sharpe_252: sharpeRatio,
  sortino_252: sortinoRatio,
  total_return: totalReturn,
  cagr_252: annualGrowth,
  max_drawdown: maxDrawdown,
  calmar: calmarRatio,
  var95_historical: historicalVar95,
  var95_parametric: parametricVar95,
  var95_cornish_fisher: cornishFisherVar95,
  cvar95_at_or_below_var: conditionalVar95,
  cvar95_worst_ceil_5pct: worstMean95,
  skew_population: skewness,
  excess_kurtosis_population: excessKurtosis,
  psr_vs_0: (returns) => probabilisticSharpe(returns),
};

/** Libraries report losses as negative numbers. */
const EMPYRICAL: Readonly<Record<string, Metric>> = {
  annual_vol: annualVolatility,
  sharpe: sharpeRatio,
  sharpe_rf_1bp_day: (returns) => sharpeRatio(returns, { riskFree: 0.0001 }),
  sortino: sortinoRatio,
  cagr: annualGrowth,
  annual_return: annualGrowth,
  max_drawdown: (returns) => -maxDrawdown(returns),
  calmar: calmarRatio,
  var95_historical: (returns) => -historicalVar95(returns),
  var95: (returns) => -historicalVar95(returns),
};

const QUANTSTATS: Readonly<Record<string, Metric>> = {
  annual_vol: annualVolatility,
  volatility: annualVolatility,
  sharpe: sharpeRatio,
  sortino: sortinoRatio,
  max_drawdown: (returns) => -maxDrawdown(returns),
  var95_parametric: (returns) => -parametricVar95(returns),
  profit_factor: profitFactor,
};

const FFN: Readonly<Record<string, Metric>> = {
  daily_sharpe: sharpeRatio,
  daily_sortino: sortinoRatio,
  daily_vol: annualVolatility,
  max_drawdown: (returns) => -maxDrawdown(returns),
  total_return: totalReturn,
};

const own = readFixture<{ cases: readonly OwnCase[] }>('metrics').cases;

describe('the metrics', () => {
  it.each(own)('follow their definition for $name', ({ returns, definition }) => {
    expect(Object.keys(definition).toSorted()).toEqual(Object.keys(OURS).toSorted());
    expect(differences(returns, definition, OURS)).toEqual([]);
  });

  it.each(own)('agree with empyrical for $name', ({ returns, empyrical }) => {
    expect(differences(returns, telling(empyrical), EMPYRICAL)).toEqual([]);
  });

  it.each(own)('agree with quantstats for $name', ({ returns, quantstats }) => {
    expect(differences(returns, quantstatsOn(returns, quantstats), QUANTSTATS)).toEqual([]);
  });

  it('count wins as quantstats does where no day is flat', () => {
    const flatless = own.filter(({ returns }) => returns.every((value) => value !== 0));
    const rates = flatless.map(({ returns }) => winRate(returns));
    expect(flatless.length).toBeGreaterThan(5);
    expect(
      disagreements(
        rates,
        flatless.map(({ quantstats }) => quantstats['win_rate'] ?? null),
        TOLERANCE,
      ),
    ).toEqual([]);
  });
});

describe.skipIf(!hasSharedData)('the metrics on the series of shared/data', () => {
  const recorded = hasSharedData
    ? (JSON.parse(readBeside('shared/data/oracles/metrics.json')) as { cases: readonly RecordedCase[] }).cases
    : [{ name: 'no case', returns: [], expected: { definition: {}, empyrical: {}, quantstats: {}, ffn: {} } }];

  it.each(recorded)('follow their definition for $name', ({ returns, expected }) => {
    expect(differences(returns, without(expected.definition, 'downside_dev'), OURS_AS_RECORDED)).toEqual([]);
  });

  it.each(recorded)('agree with the libraries for $name', ({ returns, expected }) => {
    expect([
      ...differences(returns, telling(expected.empyrical), EMPYRICAL),
      ...differences(returns, quantstatsOn(returns, expected.quantstats), QUANTSTATS),
      ...differences(returns, telling(expected.ffn), FFN),
    ]).toEqual([]);
  });
});

function differences(returns: readonly number[], oracle: Answers, metrics: Readonly<Record<string, Metric>>): string[] {
  const names = Object.keys(oracle).filter((name) => metrics[name] !== undefined);
  const actual = names.map((name) => metrics[name]!(returns));
  return disagreements(
    actual,
    names.map((name) => oracle[name]!),
    TOLERANCE,
  ).map((line) => `${names[Number(line.split(':')[0])]} ${line}`);
}

/** Where a library divides by (almost) zero, or refuses, we say N/A instead: such answers are not an oracle. */
function telling(answers: Answers): Answers {
  const isTelling = (value: OracleNumber) => typeof value === 'number' && Math.abs(value) < 1e6;
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => isTelling(value)));
}

/** Without a loss, quantstats gives a profit factor of 0 to days that did nothing; we say N/A. */
function quantstatsOn(returns: readonly number[], answers: Answers): Answers {
  const told = telling(answers);
  return returns.some((value) => value < 0) ? told : without(told, 'profit_factor');
}

function without(answers: Answers, name: string): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([key]) => key !== name));
}
