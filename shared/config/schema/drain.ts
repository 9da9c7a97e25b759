import { option, section } from '../option.ts';
import { duration, labelSelector, oneOf, whole, yesNo } from '../values.ts';

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
};

/** `policy.drain`. */
export const drainSchema = section(
  'Drain',
  'How a node is emptied; names and meaning follow kubectl drain.',
  drainTable,
);
