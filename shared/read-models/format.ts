/**
 * Numbers as people read them: dollars with sign and unit, counts whose plural agrees.
 */

import { toUsd, type UsdE4 } from '../domain/units/units.ts';

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,944.00`, `-$3.10`. */
export function dollars(valueE4: UsdE4): string {
  return DOLLARS.format(toUsd(valueE4));
}

export function shares(count: number): string {
  return counted(count, 'share');
}

/** `1 exit`, `1,204 fills`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
