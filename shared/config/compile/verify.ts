import type { z } from 'zod';
import type { VerifyPolicy } from '../../domain/policy.ts';
import type { ConditionCheck, UserCheck } from '../../domain/user-check.ts';
import { fill } from '../option.ts';
import { type CheckFile, checkTable, conditionTable } from '../schema/user-check.ts';
import { type verifySchema, verifyTable } from '../schema/verify.ts';
import { compileHttp } from './http.ts';
import { compileUnits } from './names.ts';
import type { ToAbsolute } from './ssh.ts';

type VerifyFile = z.output<typeof verifySchema>;

/** What must hold of nodes. `layers`: general first. */
export function compileVerify(layers: readonly (VerifyFile | undefined)[], toAbsolute: ToAbsolute): VerifyPolicy {
  const { checks, ...rest } = fill(verifyTable, layers);
  return { ...compileUnits(rest), checks: checks.map(check => compileCheck(check, toAbsolute)) };
}

/** What one place says about it and nothing more. */
export function verifyLayer({ checks, ...rest }: VerifyFile, toAbsolute: ToAbsolute): Partial<VerifyPolicy> {
  const own = checks?.map(check => compileCheck(check, toAbsolute));
  return { ...compileUnits(rest), ...(own ? { checks: own } : {}) };
}

function compileCheck(file: CheckFile, toAbsolute: ToAbsolute): UserCheck {
  const { name, timeout, retries, retryDelay, command, on, http, condition } = fill(checkTable, [file]);
  const base = compileUnits({ name, timeout, retries, retryDelay });
  if (http) return { ...base, ...compileHttp(http, toAbsolute) };
  if (condition) return { ...base, ...compileCondition(condition) };
  return { ...base, kind: 'command', on, command: command ?? '' };
}

function compileCondition(file: NonNullable<CheckFile['condition']>) {
  const {
    resource,
    namespace = '',
    name = '',
    selector = '',
    fieldSelector = '',
    ...rest
  } = fill(conditionTable, [file]);
  const { condition, status, jsonPath = '', value = null } = rest;
  return {
    kind: 'condition',
    objects: { resource, namespace, name, selector, fieldSelector },
    expect:
      condition === undefined
        ? { kind: 'jsonPath', path: jsonPath, value }
        : { kind: 'condition', type: condition, status },
  } as const satisfies Partial<ConditionCheck>;
}
