import type { z } from 'zod';
import { closest } from '../../domain/text.ts';
import type { Finding, Path } from '../problem.ts';
import { insteadOf } from './former-keys.ts';
import { knownKeys } from './known-keys.ts';
import { isSecretKey, showValue } from './value-text.ts';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What would have been right, for schemas that do not say it themselves. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String));
  return issue.message ?? 'something else';
}

/** One finding for each thing that is wrong. `root`: the data that was checked. */
export function findingsOf(issues: readonly Issue[], root: unknown, schema: z.ZodType): Finding[] {
  return issues.flatMap(issue => one(issue, [], root, schema));
}

function one(issue: Issue, above: Path, root: unknown, schema: z.ZodType): Finding[] {
  const path: Path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...path, key], key, schema));
  if (issue.code === 'invalid_key') {
    const expected = issue.issues[0]?.message ?? '';
    const message = `${JSON.stringify(path.at(-1))} is no name for an entry here, expected ${expected}`;
    return [{ code: 'wrong-name', path, points: 'key', message }];
  }
  if (issue.code === 'invalid_union') {
    const inner = insideOf(issue);
    if (inner.length > 0) return inner.flatMap(each => one(each, path, root, schema));
  }
  return [wrongValue(issue, path, root)];
}

/** The issues of the one branch that is of the right kind, if there is one. */
function insideOf(issue: z.core.$ZodIssueInvalidUnion): Issue[] {
  const isWhole = (each: Issue) => each.path.length === 0 && each.code !== 'unrecognized_keys';
  const branches = issue.errors.filter(errors => !errors.some(isWhole));
  return branches.length === 1 ? (branches[0] ?? []) : [];
}

function wrongValue(issue: Issue, path: Path, root: unknown): Finding {
  const value = valueAt(root, path);
  if (value === undefined) {
    return { code: 'missing', path, message: `is missing, expected ${issue.message}` };
  }
  const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const meant = typeof value === 'string' ? closest(value, words) : undefined;
  const hint = meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
  return { code: 'wrong-value', path, message: `found ${showValue(value, path)}, expected ${issue.message}${hint}` };
}

function unknownKey(path: Path, key: string, schema: z.ZodType): Finding {
  const instead = insteadOf(key);
  if (instead !== undefined) return { code: 'former-key', path, points: 'key', message: instead };
  const known = knownKeys(schema, path.slice(0, -1));
  const meant = closest(key, known);
  if (isSecretKey(key) && meant === undefined) return inlineSecret(path, key);
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { code: 'unknown-key', path, points: 'key', message: `unknown key; ${hint}` };
}

function inlineSecret(path: Path, key: string): Finding {
  const instead = /phrase/i.test(key)
    ? 'say where it is with passphraseFrom: {env: NAME} or {file: PATH}'
    : /token/i.test(key)
      ? 'credentials for a cluster stay in its kubeconfig'
      : 'hosts are reached with a keyFile or an agent, clusters with a kubeconfig';
  const message = `secrets are never written into the fleet file; ${instead}`;
  return { code: 'inline-secret', path, points: 'key', message };
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;
}

/** The value at `path`; undefined: there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
