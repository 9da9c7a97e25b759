import { z } from 'zod';
import type { DrainGroup } from '../../domain/policy.ts';
import { option, section } from '../option.ts';
import { dnsName, duration, labelSelector, oneOf, whole, yesNo } from '../values.ts';

const ONE_OF = 'one of {selector: …}, {priorityClasses: […]}, {namespaces: […]} and {rest: true}';

const names = z.array(dnsName).min(1, { error: 'at least one name' });

const drainGroup = z
  .union(
    [
      z.strictObject({ selector: labelSelector }),
      z.strictObject({ priorityClasses: names }),
      z.strictObject({ namespaces: names }),
      z.strictObject({ rest: z.literal(true) }),
    ],
    { error: ONE_OF },
  )
  .transform((written): DrainGroup => {
    if ('selector' in written) return { kind: 'selector', selector: written.selector };
    if ('priorityClasses' in written) return { kind: 'priorityClasses', names: written.priorityClasses };
    return 'namespaces' in written ? { kind: 'namespaces', names: written.namespaces } : { kind: 'rest' };
  });

const drainOrder = z
  .array(drainGroup)
  .refine(groups => groups.filter(({ kind }) => kind === 'rest').length <= 1, { error: 'at most one {rest: true}' });

export const drainTable = {
  when: option(
    oneOf('always', 'if-work', 'if-reboot'),
    'When a node is drained: always; only when something is to be upgraded or a reboot is due; only right before a reboot.',
    { default: 'if-work' },
  ),
  force: option(yesNo, 'Also evict pods that no controller would bring back.', { default: false }),
  ignoreDaemonSets: option(yesNo, 'Leave the pods of DaemonSets alone instead of refusing to drain.', {
    default: true,
  }),
  deleteEmptyDirData: option(yesNo, 'Also evict pods that lose data kept in an emptyDir.', { default: true }),
  gracePeriodSeconds: option(
    whole(-1, 86_400),
    "Seconds a pod gets to end; -1 is the pod's own period, 0 is at once.",
    {
      default: -1,
    },
  ),
  disableEviction: option(yesNo, 'Delete pods instead of evicting them: PodDisruptionBudgets are then ignored.', {
    default: false,
  }),
  skipWaitForDeleteTimeoutSeconds: option(
    whole(0, 86_400),
    'Do not wait for pods that have been terminating for longer than this many seconds; 0 waits for all.',
    { default: 0 },
  ),
  podSelector: option(labelSelector, 'Evict only pods with these labels; empty is all pods.', { default: '' }),
  volumeDetachTimeout: option(duration, "How long to wait for the node's volumes to be detached; 0s does not wait.", {
    default: '5m',
  }),
  order: option(
    drainOrder,
    'Groups of pods that go one after another, each gone before the next begins. A pod belongs to the first group that fits; those of no group go first, or where {rest: true} stands.',
    { default: [] },
  ),
  notifyAfter: option(duration, 'A pod that a budget refuses for this long is told of by an event; 0s never tells.', {
    default: '0s',
  }),
  deleteRefusedAfter: option(
    duration,
    'A pod that a budget refuses for this long is deleted against it, if it has the labels of deleteRefusedSelector; 0s never deletes.',
    { default: '0s' },
  ),
  deleteRefusedSelector: option(labelSelector, 'Labels of the pods that may be deleted against a budget.', {
    default: '',
  }),
};

/** `policy.drain`. */
export const drainSchema = section(
  'Drain',
  'How a node is emptied; names and meaning follow kubectl drain.',
  drainTable,
);
