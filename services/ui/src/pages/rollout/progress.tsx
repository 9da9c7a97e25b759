import { Badge } from '../../components/badge.tsx';
import type { Counts } from '../../lib/counts.ts';
import { GROUP_WORDS, GROUPS } from '../../lib/group.ts';

/** How far nodes are, as a bar whose parts are as wide as they are many. */
export function Progress({ counts, label }: { readonly counts: Counts; readonly label: string }) {
  const text = progressText(counts);
  return (
    <span class="progress" role="img" aria-label={`${label}: ${text}`} title={text}>
      {GROUPS.map(group => counts[group] > 0 && <i key={group} class={group} style={{ flexGrow: counts[group] }} />)}
    </span>
  );
}

/** `12 of 40 settled, 2 away, 1 failed`. */
function progressText(counts: Counts): string {
  const settled = counts.done + counts['left-out'];
  const others = GROUPS.filter(group => group !== 'done' && group !== 'pending' && counts[group] > 0);
  return [
    `${settled} of ${counts.total} settled`,
    ...others.map(group => `${counts[group]} ${GROUP_WORDS[group]}`),
  ].join(', ');
}

/** What a person should know at a glance, beside the bar. */
export function Troubles({ counts }: { readonly counts: Counts }) {
  return (
    <>
      {counts.failed > 0 && <Badge tone="bad">{counts.failed} failed</Badge>}
      {counts.held > 0 && <Badge tone="wait">{counts.held} held</Badge>}
    </>
  );
}
