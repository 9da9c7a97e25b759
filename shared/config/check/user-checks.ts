import { fill } from '../option.ts';
import type { Finding, Path } from '../problem.ts';
import { type CheckFile, checkTable } from '../schema/user-check.ts';
import { checkHttp } from './http.ts';
import { limitsOf, type Place, placeOf } from './place.ts';

/** The user's checks: each of one kind, with what that kind needs, and of a name of its own. `places`: general first. */
export function checkUserChecks(places: readonly Place[]): Finding[] {
  const path = placeOf(places, 'verify', 'checks');
  const checks = places.findLast(({ value }) => value.verify?.checks)?.value.verify?.checks ?? [];
  const { timeout } = limitsOf(places, 'verify');
  return checks.flatMap((check, index): Finding[] => {
    const at = [...path, index];
    const before = checks.findIndex(each => each.name === check.name);
    if (before < index) {
      const message = `${check.name} is the name of another check of this list`;
      return [{ code: 'check-name-twice', path: [...at, 'name'], message }];
    }
    return [...checkKind(check, at), ...checkTime(check, at, timeout.ms)];
  });
}

const KINDS = ['command', 'http', 'condition'] as const;

function checkKind(check: CheckFile, path: Path): Finding[] {
  const given = KINDS.filter(kind => check[kind] !== undefined);
  const wrong = (code: string, place: Path, message: string): Finding[] => [
    { code, path: place, points: 'key', message, about: KINDS.map(kind => [...path, kind]) },
  ];
  if (given.length === 0)
    return wrong('check-kind', path, `${check.name} checks nothing; add command, http or condition`);
  if (given.length > 1) {
    return wrong(
      'check-kind',
      [...path, given[1] ?? ''],
      `${given.join(' and ')} are given; make them checks of their own`,
    );
  }
  if (check.on !== undefined && check.command === undefined) {
    return wrong('check-on', [...path, 'on'], 'only a command runs on host or control; take on away');
  }
  if (check.http) return checkHttp(check.http, [...path, 'http']);
  return check.condition ? checkCondition(check.condition, [...path, 'condition']) : [];
}

function checkCondition(given: NonNullable<CheckFile['condition']>, path: Path): Finding[] {
  const { name, selector, fieldSelector, condition, status, jsonPath, value } = given;
  const wrong = (message: string, key?: string): Finding[] => [
    { code: 'check-condition', path: key === undefined ? path : [...path, key], points: 'key', message },
  ];
  const selects = (selector ?? fieldSelector) !== undefined;
  if (name === undefined && !selects) return wrong('it is not said which objects; add name, selector or fieldSelector');
  if (name !== undefined && selects) return wrong('both a name and a selector are given; keep one', 'name');
  if (condition === undefined && jsonPath === undefined)
    return wrong('it is not said what must hold; add condition or jsonPath');
  if (condition !== undefined && jsonPath !== undefined)
    return wrong('both condition and jsonPath are given; keep one', 'jsonPath');
  if (status !== undefined && condition === undefined)
    return wrong('status belongs to a condition; use value for a jsonPath', 'status');
  if (value !== undefined && jsonPath === undefined)
    return wrong('value belongs to a jsonPath; use status for a condition', 'value');
  return [];
}

/** Tries that take longer than the step never end well. */
function checkTime(check: CheckFile, path: Path, limitMs: number): Finding[] {
  const { timeout, retries, retryDelay } = fill(checkTable, [check]);
  const mostMs = timeout.ms * (retries + 1) + retryDelay.ms * retries;
  if (mostMs < limitMs) return [];
  const message = `${check.name} may take ${mostMs / 1000}s with its retries, which is not shorter than steps.verify.timeout (${limitMs / 1000}s)`;
  return [
    {
      code: 'wait-too-long',
      path: [...path, 'timeout'],
      message,
      about: [
        [...path, 'retries'],
        [...path, 'timeout'],
      ],
    },
  ];
}
