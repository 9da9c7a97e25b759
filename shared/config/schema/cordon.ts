import { z } from 'zod';
import { option, required, section } from '../option.ts';
import { text, yesNo } from '../values.ts';

const PREFIX = String.raw`(?:(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?`;
const WORD = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const KEY = 'a key such as maintenance or example.com/maintenance';

/** A key of a label or taint. */
const key = text(KEY, new RegExp(`^${PREFIX}${WORD}$`));

/** A value of a label or taint; may be empty. */
const value = text('a value of at most 63 letters, digits, "-", "_" and "."', new RegExp(`^(?:${WORD})?$`));

/** What scheduling and inventories go by is not for us to change, nor our own word. */
const labelKey = key.refine(
  name => name !== 'kubernetes.io/hostname' && !/^(?:node-role\.kubernetes\.io|nodetide\.io)\//.test(name),
  { error: 'a label of your own, not the host name, a role or nodetide.io/…' },
);

const labels = z.record(labelKey, value.nullable());

export const nodeLabelsTable = {
  during: option(
    labels,
    'Labels for the time the node is away; null takes one away. Afterwards each is as before, unless somebody else changed it meanwhile.',
    { default: {} },
  ),
  after: option(labels, 'Labels of a node that was upgraded and verified; null takes one away.', { default: {} }),
};

const labelsSchema = section(
  'NodeLabels',
  'Labels that tell others of the work, in the same write as the cordon.',
  nodeLabelsTable,
);

const EFFECT =
  'NoSchedule or PreferNoSchedule; NoExecute would remove pods without asking their budgets: the drain evicts them';

const taintSchema = section('Taint', 'A taint for the time a node is away.', {
  key: required(key, 'Its key.'),
  value: option(value, 'Its value.', { default: '' }),
  effect: option(
    z.enum(['NoSchedule', 'PreferNoSchedule'], { error: EFFECT }),
    'What it does to pods without a toleration.',
    {
      default: 'NoSchedule',
    },
  ),
});

export const cordonTable = {
  unschedulable: option(
    yesNo,
    'Make the node unschedulable, as kubectl cordon does. When false, a taint NoSchedule must be given.',
    { default: true },
  ),
  taint: option(taintSchema, 'A taint beside the cordon, or instead of it.', { otherwise: 'none' }),
  labels: option(labelsSchema, 'Labels that tell others of the work.'),
};

/** `policy.cordon`. */
export const cordonSchema = section('Cordon', 'How pods are kept off a node while it is away.', cordonTable);
