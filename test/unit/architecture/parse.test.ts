import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../../helpers/architecture/parse.ts';
import { ROOT, readTree } from '../../helpers/architecture/tree.ts';

describe('the reader of imports', () => {
  const cases: [string, string, string | null, boolean][] = [
    ["import { a } from '../b.ts';", '../b.ts', 'x/b.ts', false],
    ["import type { A } from './b.ts';", './b.ts', 'x/y/b.ts', true],
    ["import { type A, type B } from './b.ts';", './b.ts', 'x/y/b.ts', true],
    ["import { type A, b } from './b.ts';", './b.ts', 'x/y/b.ts', false],
    ["import {\n  a,\n  b,\n} from './b.ts';", './b.ts', 'x/y/b.ts', false],
    ["import * as fs from 'node:fs';", 'node:fs', null, false],
    ["import 'side-effect';", 'side-effect', null, false],
    ["import pino, { type Logger } from 'pino';", 'pino', null, false],
    ["export { a } from './b.ts';", './b.ts', 'x/y/b.ts', false],
    ["export * from './b.ts';", './b.ts', 'x/y/b.ts', false],
    ["export type { A } from './b.ts';", './b.ts', 'x/y/b.ts', true],
    ["const a = await import('./b.ts');", './b.ts', 'x/y/b.ts', false],
  ];

  it.each(cases)('reads %j', (text, specifier, target, typeOnly) => {
    expect(importsOf('x/y/a.ts', text)).toEqual([{ specifier, target, typeOnly, line: 1 }]);
  });

  it('sees no import in declarations, comments and strings', () => {
    const text =
      "export const a = 'from';\n// import { b } from './b.ts'\nexport function f(): string {\n  return 'x';\n}\n";
    expect(importsOf('x/y/a.ts', text)).toEqual([]);
  });

  it('finds a file behind every relative import of the project', () => {
    const lost = readTree()
      .filter(file => !file.path.endsWith('parse.test.ts'))
      .flatMap(file => file.imports.map(({ target }) => ({ path: file.path, target })))
      .filter(({ target }) => target?.endsWith('.ts') && !existsSync(join(ROOT, target)));
    expect(lost).toEqual([]);
  });
});
