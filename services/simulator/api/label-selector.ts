import { badRequest } from './errors.ts';
import { type Json, textAt } from './object.ts';

/** Says whether labels fit. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** Parses `a=b,c!=d,e,!f,g in (x,y),h notin (z)`. '' fits everything. Throws ApiError 400. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = splitOutside(text).map(parseRequirement);
  return labels => tests.every(test => test(labels));
}

/** Commas within parentheses do not separate. */
function splitOutside(text: string): string[] {
  const parts = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return parts.map(part => part.trim()).filter(part => part !== '');
}

function parseRequirement(part: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map(value => value.trim());
    return operator === 'in' ? isIn(key, values) : not(isIn(key, values));
  }
  const pair = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(part);
  if (pair !== null) {
    const [, key = '', operator, value = ''] = pair;
    return operator === '!=' ? not(isIn(key, [value])) : isIn(key, [value]);
  }
  const missing = /^!\s*(\S+)$/.exec(part);
  if (missing !== null) return labels => !Object.hasOwn(labels, missing[1] ?? '');
  if (/^[^\s=!]+$/.test(part)) return labels => Object.hasOwn(labels, part);
  const found = part.split(/\s+/)[1] ?? part;
  throw badRequest(`unable to parse requirement: found '${found}', expected: in, notin, =, ==, !=, gt, lt`);
}

function isIn(key: string, values: readonly string[]): LabelTest {
  return labels => Object.hasOwn(labels, key) && values.includes(labels[key] ?? '');
}

function not(test: LabelTest): LabelTest {
  return labels => !test(labels);
}

/** A LabelSelector object as in a budget or a workload: none fits nothing, `{}` fits everything. */
export function selectorTest(selector: Json | undefined | null): LabelTest {
  if (selector === undefined || selector === null) return () => false;
  const labels = Object.entries((selector['matchLabels'] ?? {}) as Record<string, string>);
  const expressions = ((selector['matchExpressions'] ?? []) as Json[]).map(expressionTest);
  return has => labels.every(([key, value]) => has[key] === value) && expressions.every(test => test(has));
}

function expressionTest(expression: Json): LabelTest {
  const key = textAt(expression, 'key');
  const values = (expression['values'] ?? []) as string[];
  const exists: LabelTest = labels => Object.hasOwn(labels, key);
  switch (expression['operator']) {
    case 'In':
      return isIn(key, values);
    case 'NotIn':
      return not(isIn(key, values));
    case 'Exists':
      return exists;
    case 'DoesNotExist':
      return not(exists);
    default:
      return () => false;
  }
}
