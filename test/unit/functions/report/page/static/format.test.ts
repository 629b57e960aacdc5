/**
 * Labels of the charts' money axis.
 */

import { expect, it } from 'vitest';
import { axisDollars } from '../../../../../../functions/report/page/static/format.js';

it.each([
  [
    [2_500, 2_505, 2_510],
    ['$2,500', '$2,505', '$2,510'],
  ],
  [
    [2_515, 2_517.5, 2_520],
    ['$2,515.00', '$2,517.50', '$2,520.00'],
  ],
  [
    [-0.2, -0.1, 0],
    ['−$0.20', '−$0.10', '$0.00'],
  ],
])('say where the lines of %o are', (splits, labels) => {
  expect(splits.map((each) => axisDollars(each, splits))).toEqual(labels);
});
