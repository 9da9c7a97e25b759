import type { TroubleKind } from './block.ts';

/** A pod that restarted this often and is not ready does not start once more by chance. */
const LOOP_RESTARTS = 2;
const IMAGE =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)\b/;

/**
 * What the state of a container means, as PodView's `trouble` words it. `short` is the same in all states a failing
 * container goes through in turn (it pulls, backs off; runs, ends, backs off), so that nobody is told of each.
 */
export function readContainer(trouble: string): { kind: TroubleKind; short: string } {
  const name = /^\S+ in (\S+?)(?:,|$)/.exec(trouble)?.[1] ?? /^(\S+) runs but is not ready/.exec(trouble)?.[1] ?? '';
  const where = name === '' ? '' : ` in ${name}`;
  if (IMAGE.test(trouble)) return { kind: 'image-pull', short: `image cannot be pulled${where}` };
  const restarts = Number(/, (\d+) restarts?\b/.exec(trouble)?.[1] ?? 0);
  const loops = trouble.startsWith('CrashLoopBackOff') || (restarts >= LOOP_RESTARTS && !/Config|Create/.test(trouble));
  if (loops) return { kind: 'crash-loop', short: `crash loop${where}` };
  const short = trouble.replace(/, (\d+ restarts?\b|ended last with ).*$/s, '');
  return { kind: / runs but is not ready/.test(trouble) ? 'not-ready' : 'container', short };
}
