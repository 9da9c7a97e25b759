import type { NoticeField, NoticeMessage } from '../domain/notify/notice.ts';

const SHOWN: readonly (readonly [NoticeField, string])[] = [
  ['fleet', 'Fleet'],
  ['rollout', 'Rollout'],
  ['stage', 'Stage'],
  ['cluster', 'Cluster'],
  ['wave', 'Wave'],
  ['node', 'Node'],
  ['step', 'Step'],
  ['by', 'By'],
  ['time', 'Time'],
];

/** Names and values that stand beside the words of a message, in order. */
export function factsOf({ fields }: NoticeMessage): (readonly [name: string, value: string])[] {
  return SHOWN.flatMap(([field, name]) => {
    const value = fields[field] ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
}
