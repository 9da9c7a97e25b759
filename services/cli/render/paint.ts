/** Meaning of a piece of text; colours follow from it, never carry it alone. */
export type Tone = 'plain' | 'good' | 'bad' | 'active' | 'warn' | 'dim' | 'strong';

/** Colours `text`, or leaves it. */
export type Paint = (tone: Tone, text: string) => string;

/** SGR parameters (ECMA-48) to switch a tone on and off. */
const CODES: Readonly<Record<Exclude<Tone, 'plain'>, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  active: [36, 39],
  warn: [33, 39],
  dim: [2, 22],
  strong: [1, 22],
};

/** Paints with terminal colours, or not at all. */
export function painter(colour: boolean): Paint {
  return (tone, text) => {
    if (!colour || tone === 'plain' || text === '') return text;
    const [on, off] = CODES[tone];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}
