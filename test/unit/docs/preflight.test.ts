import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { FINDING_CODES, FINDINGS } from '../../../shared/domain/preflight/codes.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/preflight.md'), 'utf8');

it('docs/preflight.md has a row for each finding, with its default', () => {
  const rows = [...page.matchAll(/^\| `([a-zA-Z]+)` \| (ignore|warn|block) \|/gm)].map(([, code, level]) => [
    code,
    level,
  ]);
  expect(rows).toEqual(FINDING_CODES.map(code => [code, FINDINGS[code].level]));
});

it.each(Object.entries(FINDINGS))('%s says in sentences what it is and what to do', (_, { what, todo }) => {
  expect(what).toMatch(/^[A-Z].*[.]$/s);
  expect(todo).toMatch(/^[A-Z].*[.]$/s);
});
