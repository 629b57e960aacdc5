/**
 * Prints the milliseconds that the first session of a process takes in the core.
 */

import { runBacktest } from '../../shared/domain/run/backtest.ts';
import { tradingInput } from './core.ts';
import { timed } from './measure.ts';

const input = tradingInput(['AAPL', 'MSFT'], 1, 'basic');
console.log(await timed(() => runBacktest(input)));
