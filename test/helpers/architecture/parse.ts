import { posix } from 'node:path';

/** One import (or re-export) of a file. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** From the root, for relative imports; null for node:* and libraries. */
  readonly target: string | null;
  /** Gone after compilation: `import type`, or only `type` names in braces. */
  readonly typeOnly: boolean;
  readonly line: number;
}

// The formatter puts every static import at the start of a line, in single quotes: that is what makes this enough.
const STATIC = /^(?:import|export)\s+(type\s+)?(?:([\w*{][^'"`;]*?)\s*from\s+)?'([^'\n]+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^'\n]+)'/g;

/** The imports of a formatted TypeScript file, static ones first. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, at: number) =>
    found.push({ specifier, target: resolveFrom(path, specifier), typeOnly, line: lineAt(text, at) });
  for (const match of text.matchAll(STATIC)) {
    const [, type, names = '', specifier = ''] = match;
    add(specifier, type !== undefined || onlyTypes(names), match.index);
  }
  for (const match of text.matchAll(DYNAMIC)) add(match[1] ?? '', false, match.index);
  return found;
}

/** An exported declaration. */
export interface Exported {
  readonly name: string;
  readonly documented: boolean;
  readonly line: number;
}

const DECLARED = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let) (\w+)/gm;

/** What a file declares and exports, and whether a doc comment stands right above. */
export function exportsOf(text: string): Exported[] {
  return [...text.matchAll(DECLARED)].map(match => ({
    name: match[1] ?? '',
    documented: text.slice(0, match.index).endsWith('*/\n'),
    line: lineAt(text, match.index),
  }));
}

function onlyTypes(names: string): boolean {
  const inside = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  if (inside === undefined) return false;
  const list = inside.split(',').filter(name => name.trim() !== '');
  return list.length > 0 && list.every(name => name.trim().startsWith('type '));
}

function resolveFrom(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
