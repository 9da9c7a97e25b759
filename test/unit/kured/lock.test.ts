import { describe, expect, it } from 'vitest';
import { kuredDaemonOf } from '../../../shared/domain/kured/daemon.ts';
import { freeText, heldBy, isOurs, liveEntries, lockText, readLock } from '../../../shared/domain/kured/lock.ts';

const NOW = Date.parse('2026-08-10T10:00:00Z');
const HOUR_NS = 3_600_000_000_000;
/** As kured writes it: nine digits of a second. */
const at = (time: string) => `2026-08-10T${time}.123456789Z`;
const one = (nodeID: string, created: string | undefined, TTL?: number) =>
  JSON.stringify({ nodeID, metadata: { unschedulable: false }, created, TTL });

/** Name, annotation, who holds it now (or what is wrong). */
const CASES: readonly (readonly [string, string | undefined, string])[] = [
  ['no annotation', undefined, ''],
  ['one node', one('n1', at('09:30:00'), HOUR_NS), 'n1'],
  ['one node whose time is over', one('n1', at('08:30:00'), HOUR_NS), ''],
  ['to the very moment', one('n1', '2026-08-10T09:00:00Z', HOUR_NS), ''],
  ['a moment before', one('n1', '2026-08-10T09:00:00.001Z', HOUR_NS), 'n1'],
  ['no time: for ever', one('n1', at('01:00:00')), 'n1'],
  ['a time of 0: for ever', one('n1', at('01:00:00'), 0), 'n1'],
  ['a time but no beginning: for ever', one('n1', undefined, HOUR_NS), 'n1'],
  ["an administrator's", '{"nodeID":"manual"}', 'manual'],
  ["an administrator's with a time all the same", one('manual', at('01:00:00'), HOUR_NS), 'manual'],
  ['several places, none taken', '{"maxOwners":2,"locks":[]}', ''],
  ['several places, none taken, as Go writes an empty list', '{"maxOwners":2,"locks":null}', ''],
  ['several places, one taken', `{"maxOwners":2,"locks":[${one('n1', at('09:30:00'), HOUR_NS)}]}`, 'n1'],
  [
    'several places, one of two taken, the other over',
    `{"maxOwners":2,"locks":[${one('n1', at('09:30:00'), HOUR_NS)},${one('n2', at('08:30:00'), HOUR_NS)}]}`,
    'n1',
  ],
  ['an administrator in one of several places', '{"maxOwners":2,"locks":[{"nodeID":"manual"}]}', 'manual'],
  ['no JSON', '{"nodeID":', 'malformed: it is no JSON'],
  ['a list', '[]', 'malformed: it is no JSON object'],
  ['null', 'null', 'malformed: it is no JSON object'],
  ['an object without a node', '{}', 'malformed: it names no node'],
  ['a node that is a number', '{"nodeID":7}', 'malformed: it names no node'],
  ['locks that are no list', '{"maxOwners":2,"locks":{}}', 'malformed: its locks are no list'],
  ['a lock among several without a node', '{"maxOwners":2,"locks":[{}]}', 'malformed: one of its locks names no node'],
];

it.each(CASES)('%s', (_name, text, expected) => {
  const lock = readLock(text);
  const seen =
    lock.kind === 'malformed'
      ? `malformed: ${lock.why}`
      : liveEntries(lock.entries, NOW)
          .map(({ nodeId }) => nodeId)
          .join();
  expect(seen).toBe(expected);
});

describe('a lock of ours', () => {
  it.each([1, 2, 3])('for a kured of concurrency %i is read again as ours, and expires', concurrency => {
    const lock = readLock(lockText('r1', concurrency, NOW, 60_000));
    if (lock.kind !== 'read') throw new Error(lock.why);
    expect(lock.format).toBe(concurrency > 1 ? 'multi' : 'single');
    expect(lock.entries).toHaveLength(concurrency);
    expect(new Set(lock.entries.map(({ nodeId }) => nodeId)).size).toBe(concurrency);
    expect(lock.entries.every(entry => isOurs(entry, 'r1'))).toBe(true);
    expect(lock.entries.some(entry => isOurs(entry, 'r') || isOurs(entry, 'r12'))).toBe(false);
    expect(liveEntries(lock.entries, NOW + 59_999)).toHaveLength(concurrency);
    expect(liveEntries(lock.entries, NOW + 60_000)).toEqual([]);
  });

  it('is written as kured writes its own', () => {
    expect(JSON.parse(lockText('r1', 1, NOW, 60_000))).toEqual({
      nodeID: 'nodetide:r1',
      metadata: { unschedulable: false },
      created: '2026-08-10T10:00:00.000Z',
      TTL: 60_000_000_000,
    });
    expect(freeText(1)).toBe(null);
    expect(freeText(2)).toBe('{"maxOwners":2,"locks":[]}');
  });
});

it('who has it is told by name and time', () => {
  const lock = readLock(`{"maxOwners":3,"locks":[${one('n1', '2026-08-10T09:30:00Z')},{"nodeID":"manual"}]}`);
  expect(lock.kind === 'read' && heldBy(lock.entries, 'kube-system/kured')).toBe(
    "kured's lock on DaemonSet kube-system/kured is held by n1 since 2026-08-10T09:30:00.000Z, an administrator (manual)",
  );
});

const daemon = (container: object) =>
  kuredDaemonOf({ metadata: { name: 'k', namespace: 'n' }, spec: { template: { spec: { containers: [container] } } } });

it.each([
  ['nothing said', {}, 1, 'weave.works/kured-node-lock'],
  ['in args', { args: ['--concurrency=2'] }, 2, 'weave.works/kured-node-lock'],
  [
    'in the command, as two words',
    { command: ['/usr/bin/kured', '--concurrency', '3'] },
    3,
    'weave.works/kured-node-lock',
  ],
  [
    'twice: the last one',
    { command: ['kured', '--concurrency=3'], args: ['--concurrency=2'] },
    2,
    'weave.works/kured-node-lock',
  ],
  [
    'the variable wins',
    { args: ['--concurrency=3'], env: [{ name: 'KURED_CONCURRENCY', value: '2' }] },
    2,
    'weave.works/kured-node-lock',
  ],
  ['no number', { args: ['--concurrency=many'] }, 1, 'weave.works/kured-node-lock'],
  ['another annotation', { args: ['--lock-annotation=example.org/lock'] }, 1, 'example.org/lock'],
])('a daemon with %s', (_name, container, concurrency, lockAnnotation) => {
  expect(daemon(container)).toMatchObject({ name: 'n/k', concurrency, lockAnnotation });
});
