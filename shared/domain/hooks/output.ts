const MOST_LINES = 20;
const MOST_CHARS = 2_000;

/** Colours and cursor movements, and every other control character but tab and newline. */
const CONTROL = /\p{Cc}\[[0-9;?]*[ -/]*[@-~]|[^\P{Cc}\t\n]/gu;

/** The end of what a hook said, fit to be shown: its last lines, without control characters. */
export function outputTail(output: string): string {
  const lines = output.replaceAll('\r\n', '\n').replaceAll(CONTROL, '').trim().split('\n');
  return lines.slice(-MOST_LINES).join('\n').slice(-MOST_CHARS);
}

/** The last line of what a hook said; empty: nothing. */
export function lastLine(output: string): string {
  return outputTail(output).split('\n').at(-1)?.trim() ?? '';
}
