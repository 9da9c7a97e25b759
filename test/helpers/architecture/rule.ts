import type { Import } from './parse.ts';
import { program, type SourceFile, type Tree } from './tree.ts';

/** One checkable habit of the project, with an example of what it must catch. */
export interface Rule {
  readonly name: string;
  /** The places that break it, as `file:line what`. */
  find(tree: Tree): string[];
  /** Files that break it once. */
  readonly bad: Readonly<Record<string, string>>;
  /** Files close to breaking it that do not. */
  readonly good: Readonly<Record<string, string>>;
}

/** A rule over the imports of the program: `judge` returns what is wrong with one, or null. */
export function importRule(
  rule: Omit<Rule, 'find'> & { readonly judge: (file: SourceFile, found: Import) => string | null },
): Rule {
  const { judge, ...rest } = rule;
  return {
    ...rest,
    find: tree =>
      program(tree).flatMap(file =>
        file.imports.flatMap(found => {
          const wrong = judge(file, found);
          return wrong === null ? [] : [`${file.path}:${found.line} ${wrong}`];
        }),
      ),
  };
}

/** A rule over lines of the files that `applies` picks: every line that matches breaks it. */
export function lineRule(
  rule: Omit<Rule, 'find'> & { readonly applies: (file: SourceFile) => boolean; readonly forbidden: RegExp },
): Rule {
  const { applies, forbidden, ...rest } = rule;
  return {
    ...rest,
    find: tree =>
      tree.filter(applies).flatMap(file =>
        file.text.split('\n').flatMap((line, index) => {
          const match = forbidden.exec(line);
          return match === null ? [] : [`${file.path}:${index + 1} ${match[0]}`];
        }),
      ),
  };
}
