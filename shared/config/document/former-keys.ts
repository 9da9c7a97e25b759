/** Keys that are no more, and what is written instead. */
const FORMER: ReadonlyMap<string, string> = new Map([
  [
    'compareKernels',
    'is no more; checks: auto (the default) compares kernels, checks: [...] without "kernel" does not, such as checks: [sentinel-file, needs-restarting]',
  ],
  ['commands', 'is no more; write checks: [{name: NAME, command: TEXT}]'],
]);

/** What is written instead of a former key; undefined: it never was one. */
export function insteadOf(key: string): string | undefined {
  return FORMER.get(key);
}
