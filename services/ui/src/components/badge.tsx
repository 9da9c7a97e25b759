import type { ComponentChildren } from 'preact';
import type { Tone } from '../view/tone.ts';

export type { Tone };

/** A short word on a coloured ground. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

const TONES: Readonly<Record<string, Tone>> = {
  created: 'quiet',
  pending: 'quiet',
  running: 'busy',
  claimed: 'busy',
  stopping: 'wait',
  paused: 'wait',
  'waiting-on-person': 'bad',
  aborting: 'wait',
  failed: 'bad',
  done: 'good',
  skipped: 'wait',
  excluded: 'quiet',
  aborted: 'wait',
};

/** The tone of a state of a rollout, cluster, wave or node. */
export function toneOf(state: string): Tone {
  return TONES[state] ?? 'quiet';
}

/** A state as its badge. */
export function StateBadge({ state }: { readonly state: string }) {
  return <Badge tone={toneOf(state)}>{state === 'waiting-on-person' ? 'waits for a person' : state}</Badge>;
}
