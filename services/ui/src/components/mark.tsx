import type { Tone } from '../view/tone.ts';

const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M4 10.5l4 4 8-9',
  busy: 'M4 10h10M10 5l5 5-5 5',
  wait: 'M7 4v12M13 4v12',
  bad: 'M10 3v9M10 16v1',
  quiet: 'M4 10h12',
};

/** A shape for each tone, so that no colour has to be told from another. Decoration: words stand beside it. */
export function Mark({ tone }: { readonly tone: Tone }) {
  return (
    <svg class={`mark ${tone}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={SHAPES[tone]} />
    </svg>
  );
}
