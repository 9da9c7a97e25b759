import type { Tone } from '../view/tone.ts';

/** A part of a bar. */
export interface BarPart {
  readonly name: string;
  readonly value: number;
  readonly tone: Tone | 'first' | 'second' | 'third' | 'other';
}

interface BarProps {
  readonly label: string;
  readonly parts: readonly BarPart[];
  /** What the whole bar stands for; default: the sum of its parts. */
  readonly total?: number;
}

/** Parts of a whole side by side; their names are read out. */
export function Bar({ label, parts, total }: BarProps) {
  const seen = parts.filter(({ value }) => value > 0);
  const whole = total ?? seen.reduce((sum, { value }) => sum + value, 0);
  const text = seen.map(({ name, value }) => `${value} ${name}`).join(', ');
  return (
    <span class="bar" role="img" aria-label={`${label}: ${text === '' ? 'nothing' : text}`} title={text}>
      {seen.map(({ name, value, tone }) => (
        <span key={name} class={`part ${tone}`} style={{ width: `${(100 * value) / Math.max(1, whole)}%` }} />
      ))}
    </span>
  );
}
