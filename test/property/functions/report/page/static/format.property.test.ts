/**
 * The page writes money and prices as the terminal does, but for the sign of a minus.
 */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dollars, price } from '../../../../../../functions/report/page/static/format.js';
import { priceText, usdText } from '../../../../../../shared/domain/units/money-text.ts';
import { toUsd } from '../../../../../../shared/domain/units/units.ts';
import { usd } from '../../../../../../shared/read-models/format.ts';

const amountE4 = fc.oneof(
  fc.integer({ min: -30_000, max: 30_000 }),
  fc.maxSafeInteger().map((n) => n % 1e13),
);

it('money', () => {
  fc.assert(
    fc.property(amountE4, (valueE4) => {
      expect(dollars(toUsd(valueE4)).replace('−', '-')).toBe(usdText(valueE4));
      expect(usd(toUsd(valueE4))).toBe(usdText(valueE4));
    }),
  );
});

it('prices', () => {
  fc.assert(
    fc.property(amountE4.map(Math.abs), (priceE4) => {
      expect(price(toUsd(priceE4))).toBe(priceText(priceE4));
    }),
  );
});
