import { cleanText } from '../output.ts';

const MOST_LINES = 20;
const MOST_CHARS = 2_000;

/** The end of what a hook said, fit to be shown: its last lines, without control characters. */
export function outputTail(output: string): string {
  const lines = cleanText(output).trim().split('\n');
  return lines.slice(-MOST_LINES).join('\n').slice(-MOST_CHARS);
}

/** The last line of what a hook said; empty: nothing. */
export function lastLine(output: string): string {
  return outputTail(output).split('\n').at(-1)?.trim() ?? '';
}
