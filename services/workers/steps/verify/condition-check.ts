import type { Verdict } from '../../../../shared/domain/http-answer.ts';
import { parseJsonPath, valuesAt } from '../../../../shared/domain/json-path.ts';
import type { ConditionCheck, ObjectExpectation } from '../../../../shared/domain/user-check.ts';

/** The parts of an object that matter here; anything may be missing. */
interface KubeObject {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}
interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

const MOST_NAMED = 5;

/** Judges the objects that were found: at least one, and each as expected, as `kubectl wait` does. */
export function judgeObjects(check: ConditionCheck, objects: readonly unknown[]): Verdict {
  const what = check.objects.resource;
  if (objects.length === 0) return { ok: false, detail: `no ${what} found` };
  const wrong = objects.flatMap(each => {
    const why = troubleOf(each as KubeObject, check.expect);
    return why === null ? [] : [`${nameOf(each as KubeObject)}: ${why}`];
  });
  if (wrong.length === 0) return { ok: true, detail: `${objects.length} ${what} as expected` };
  const more = wrong.length > MOST_NAMED ? [`${wrong.length - MOST_NAMED} more`] : [];
  return { ok: false, detail: [...wrong.slice(0, MOST_NAMED), ...more].join('; ') };
}

function nameOf({ metadata: { name = '?', namespace } = {} }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function troubleOf(object: KubeObject, expect: ObjectExpectation): string | null {
  if (expect.kind === 'condition') return conditionTrouble(object, expect.type, expect.status);
  const values = valuesAt(object, parseJsonPath(expect.path)).filter(value => value !== null && value !== '');
  if (values.length === 0) return `nothing at ${expect.path}`;
  const other = values.find(value => expect.value !== null && shown(value) !== expect.value);
  return other === undefined ? null : `${expect.path} is ${shown(other)}, not ${expect.value}`;
}

function conditionTrouble({ metadata, status = {} }: KubeObject, type: string, wanted: string): string | null {
  const found = status.conditions?.find(each => same(each.type, type));
  if (!found) return `has no condition ${type}`;
  const observed = found.observedGeneration ?? status.observedGeneration;
  if (metadata?.generation !== undefined && observed !== undefined && observed < metadata.generation) {
    return `${type} is of an older generation`;
  }
  if (same(found.status, wanted)) return null;
  const why = [found.reason, found.message].filter(Boolean).join(': ');
  return `${type} is ${found.status ?? 'missing'}, not ${wanted}${why === '' ? '' : ` (${why.slice(0, 200)})`}`;
}

function same(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
