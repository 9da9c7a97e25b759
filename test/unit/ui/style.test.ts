import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODE_STATES } from '../../../shared/domain/events.ts';
import { ROOT } from '../../helpers/architecture/tree.ts';

const FOLDER = join(ROOT, 'services/ui/src/style');
const FILES = readdirSync(FOLDER).map(name => {
  const text = readFileSync(join(FOLDER, name), 'utf8').replace(/\/\*.*?\*\//gs, '');
  const selectors = [...text.matchAll(/([^{};]+)\{/g)].flatMap(([, list = '']) => list.split(','));
  const styled = selectors.map(selector => selector.trim()).filter(selector => !selector.startsWith('@'));
  return { name, styled };
});
const classesOf = (selector: string) => [...selector.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name);
const firstOf = (selector: string) => /^\.([a-z][\w-]*)/.exec(selector)?.[1] ?? [];

/** A page's styles stay after it was left: what is styled by a class alone is so on every page that is seen later. */
describe('the styles of a page', () => {
  it.each(FILES)('$name: what it styles wherever it stands, no other file names', ({ name, styled }) => {
    const own = new Set(styled.flatMap(firstOf));
    const others = FILES.filter(file => file.name !== name);
    const shared = others.flatMap(file =>
      file.styled
        // What all pages share may look otherwise within a page.
        .flatMap(selector => (name === 'base.css' ? firstOf(selector) : classesOf(selector)))
        .filter(each => own.has(each))
        .map(each => `${file.name}: .${each}`),
    );
    expect(shared).toEqual([]);
  });

  it('do not begin with a state, which is a class of many things', () => {
    const states: ReadonlySet<string> = new Set([...NODE_STATES, 'waiting', 'running', 'given', 'wanted', 'used']);
    const found = FILES.flatMap(({ name, styled }) =>
      styled
        .flatMap(firstOf)
        .filter(each => states.has(each))
        .map(each => `${name}: .${each}`),
    );
    expect(found).toEqual([]);
  });
});
