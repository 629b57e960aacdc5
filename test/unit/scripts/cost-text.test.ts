/**
 * docs/cost.md shows what the model says, as of its own date.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withCosts } from '../../../scripts/cost-text.ts';

const document = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');

describe('docs/cost.md', () => {
  it('is what the model says; scripts/cost-document.ts --write brings it up to date', () => {
    expect(withCosts(document)).toBe(document);
  });

  it('shows all three profiles with their date', () => {
    for (const profile of ['workstation', 'paper', 'growth']) {
      expect(document).toMatch(new RegExp(`Profile ${profile}, month \\d{4}-\\d{2}, as of \\d{4}-\\d{2}-\\d{2}; USD`));
    }
  });

  it('changes with its date', () => {
    const later = withCosts(document, '2027-02-01');
    expect(later).toContain('Profile paper, month 2027-02, as of 2027-02-01');
    expect(withCosts(later)).toBe(later);
    expect(later).not.toBe(document);
  });

  it('keeps what people wrote around it', () => {
    const own = (text: string) => text.replace(/<!-- costs[\s\S]*<!-- end of costs -->/, '');
    expect(own(withCosts(document, '2027-02-01'))).toBe(own(document));
    expect(() => withCosts('no markers')).toThrow('has no <!-- costs as of');
  });
});
