import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failuresPage } from '../../../deploy/failures-page.ts';
import { FAILURES } from '../../../shared/domain/failures/catalogue.ts';

const entries = Object.entries(FAILURES);

describe('docs/failures.md', () => {
  it('is what the catalogue says (`npm run docs` writes it anew)', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/failures.md'), 'utf8');
    expect(page).toBe(failuresPage());
  });

  it('has a row for each code', () => {
    expect(failuresPage().match(/^\| `/gm)).toHaveLength(entries.length);
  });
});

describe('the catalogue of failures', () => {
  it.each(entries)('%s is kebab-case and has advice that is a sentence', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(entry.todo).toMatch(/^[A-Z].*[.]$/s);
  });
});
