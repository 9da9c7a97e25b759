import { z } from 'zod';
import { HOOK_OUTCOMES } from '../../domain/hooks/hook.ts';
import { STEPS } from '../../domain/steps.ts';
import { option, required, section } from '../option.ts';
import { oneOf, positiveDuration, text, whole, words } from '../values.ts';

export const hookTable = {
  name: required(
    text(
      'a name of lower-case letters, digits and "-" of at most 63 characters',
      /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    ),
    'Its name, unique among the hooks of a cluster.',
  ),
  when: required(oneOf('before', 'after'), 'Before it begins, or after it has ended.'),
  of: required(
    oneOf(...STEPS, 'node', 'wave', 'cluster'),
    'What it goes around: a step, the whole way of a node, a wave, or the cluster.',
  ),
  on: option(
    oneOf('control', 'host'),
    "Where it runs: on the machine that nodetide itself runs on, or on the node's host, as root.",
    { default: 'control' },
  ),
  run: required(words, 'POSIX sh text; exit 0 is good. What it is about is in environment variables, see hooks.md.'),
  timeout: option(positiveDuration, 'After this it is killed, and has failed.', { default: '1m' }),
  attempts: option(whole(1, 100), 'How often it is tried before its failure counts.', { default: 3 }),
  onFailure: option(
    oneOf('stop', 'warn'),
    'What its failure does: stop (the step fails; a wave or cluster waits and tries again), or warn and go on.',
    { otherwise: 'stop for before, warn for after' },
  ),
  outcomes: option(
    z.array(oneOf(...HOOK_OUTCOMES)).min(1, { error: 'at least one outcome' }),
    'For when: after, at which ends it runs. Waves and clusters end as done or aborted.',
    { otherwise: '[done]' },
  ),
};

const hookSchema = section('Hook', 'A command of your own before or after a step, node, wave or cluster.', hookTable);

/** `policy.hooks`. */
export const hooksSchema = z.array(hookSchema);

/** One hook as written. */
export type HookFile = z.output<typeof hookSchema>;
