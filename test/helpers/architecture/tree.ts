import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import { type Import, importsOf } from './parse.ts';

/** The project's root folder. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** A text file of the project. */
export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Empty for anything but TypeScript. */
  readonly imports: readonly Import[];
}

/** The project's text files. Rules look at nothing else, so that a test can plant any file it likes. */
export type Tree = readonly SourceFile[];

const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage', '.git', '.nodetide', 'fixtures']);
const TEXT = /(\.(tsx?|mjs|md|json|ya?ml|html|css|js|lua|sh|py)|Dockerfile|\.gitignore|\.ci\/run)$/;

/** The tree made of the given files: path → text. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return Object.entries(files).map(([path, text]) => ({
    path,
    text,
    imports: /\.tsx?$/.test(path) ? importsOf(path, text) : [],
  }));
}

/** The project as it is on disk. */
export function readTree(): Tree {
  return treeOf(
    Object.fromEntries(
      filesUnder(ROOT)
        .map(path => [relative(ROOT, path).split(sep).join(posix.sep), path] as const)
        .filter(([path]) => TEXT.test(path) && path !== 'package-lock.json')
        .map(([path, full]) => [path, readFileSync(full, 'utf8')]),
    ),
  );
}

/** The TypeScript of the program itself. */
export function program(tree: Tree): SourceFile[] {
  return tree.filter(file => /^(shared|services)\/.*\.tsx?$/.test(file.path));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => !LEFT_OUT.has(entry.name))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return entry.isFile() ? [path] : [];
    });
}
