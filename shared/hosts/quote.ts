const PLAIN = /^[A-Za-z0-9_./:=@%+,-]+$/;

/**
 * One word of a POSIX shell command line that the shell gives back unchanged, whatever is in `text`.
 * The only way by which data gets into a command. Throws RangeError on NUL, which no argument can hold.
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a shell argument cannot hold NUL');
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Several words: {@link quote} of each, with spaces between. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ');
}
