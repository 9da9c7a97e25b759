import { describe, expect, it } from 'vitest';
import { redisTroubles } from '../../../services/common/redis-troubles.ts';

function told() {
  const lines: string[] = [];
  let nowMs = 0;
  const say = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    lines.push([message, ...Object.values(fields)].join(': '));
  };
  const troubles = redisTroubles({ info: say, warn: say, error: say }, () => nowMs);
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { lines, troubles, pass };
}

describe('what many connections hear of one Redis', () => {
  it('is said once, again after half a minute, and when it is over', () => {
    const { lines, troubles, pass } = told();
    for (let at = 0; at < 50; at += 1) {
      troubles.heard(new Error('connect ECONNREFUSED'));
      pass(800);
    }
    for (let at = 0; at < 5; at += 1) troubles.ready();
    const gone = 'trouble with Redis: connect ECONNREFUSED';
    expect(lines).toEqual([gone, gone, 'Redis answers again, after 40 s']);
    troubles.heard(new Error('connect ECONNREFUSED'));
    expect(lines.at(-1)).toBe(gone);
  });

  it('another trouble is said at once; one that is no absence ends without a word', () => {
    const { lines, troubles } = told();
    troubles.heard(new Error('could not renew lock for job 1'));
    troubles.heard(new Error('could not renew lock for job 2'));
    troubles.ready();
    expect(lines).toHaveLength(2);
  });
});
