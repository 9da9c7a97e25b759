import { basename } from 'node:path';
import { exportsOf } from './parse.ts';
import { lineRule, type Rule } from './rule.ts';
import { program, type SourceFile } from './tree.ts';

const MOST_LINES = 400;
const isTypeScript = (file: SourceFile) => /\.tsx?$/.test(file.path);
const isDomain = (file: SourceFile) => file.path.startsWith('shared/domain/');

/** How files look. */
export const FORM_RULES: readonly Rule[] = [
  {
    name: `no TypeScript file is longer than ${MOST_LINES} lines`,
    find: tree =>
      tree
        .filter(isTypeScript)
        .filter(file => lines(file) > MOST_LINES)
        .map(file => `${file.path} ${lines(file)} lines`),
    bad: { 'shared/domain/a.ts': '\n'.repeat(MOST_LINES + 1) },
    good: { 'shared/domain/a.ts': '\n'.repeat(MOST_LINES) },
  },
  {
    name: 'file names are kebab-case',
    find: tree =>
      tree
        .filter(isTypeScript)
        .filter(file => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.tsx?$/.test(basename(file.path)))
        .map(at),
    bad: { 'shared/domain/nodeState.ts': '' },
    good: { 'shared/domain/node-state.ts': '', 'test/unit/node-state.test.ts': '' },
  },
  lineRule({
    name: 'no default exports',
    applies: file => isTypeScript(file) && !/^(vitest\.([a-z]+\.)?|services\/ui\/vite\.)config\.ts$/.test(file.path),
    forbidden: /^export default\b|^export \{[^}]*\bas default\b/,
    bad: { 'shared/domain/a.ts': 'export default 1;\n' },
    good: { 'shared/domain/a.ts': 'export const defaults = 1;\n' },
  }),
  lineRule({
    name: 'the domain has no clock, no chance, no timers, no process',
    applies: isDomain,
    forbidden:
      /^(?!\s*(\*|\/\/|\/\*)).*(\bDate\.now\(|new Date\(\)|Math\.random\(|\bset(Timeout|Interval)\(|\bprocess\.)/,
    bad: { 'shared/domain/a.ts': 'export const now = () => Date.now();\n' },
    good: { 'shared/domain/a.ts': '/** Never Date.now(). */\nexport const at = (ms: number) => new Date(ms);\n' },
  }),
  lineRule({
    name: 'relative imports name the .ts file',
    applies: isTypeScript,
    forbidden: /^(import|export|\}) .*from '\.[^']*(?<!\.(tsx?|css))';/,
    bad: { 'shared/domain/a.ts': "import { b } from './b.js';\n" },
    good: { 'shared/domain/a.ts': "import { b } from './b.ts';\n" },
  }),
  lineRule({
    name: 'no file names a path of the machine it was written on',
    applies: file => file.path !== 'test/helpers/architecture/form-rules.ts',
    forbidden: /(?<![\w.}])\/(work|Users)\/\w/,
    bad: { 'docs/a.md': 'See /Users/me/notes.md.\n' },
    good: { 'docs/a.md': 'See ./Users/notes and https://example.org/Users/me.\n' },
  }),
];

/** What the program exports without a doc comment, and how many exports there are. */
export function undocumented(tree: readonly SourceFile[]): { total: number; missing: string[] } {
  const all = program(tree).flatMap(file => exportsOf(file.text).map(found => ({ file, found })));
  const missing = all.filter(({ found }) => !found.documented);
  return { total: all.length, missing: missing.map(({ file, found }) => `${file.path}:${found.line} ${found.name}`) };
}

/** Lengths of the program's files, shortest first. */
export function fileLengths(tree: readonly SourceFile[]): number[] {
  return program(tree)
    .map(lines)
    .sort((a, b) => a - b);
}

function lines(file: SourceFile): number {
  return file.text.split('\n').length - 1;
}

function at(file: SourceFile): string {
  return file.path;
}
