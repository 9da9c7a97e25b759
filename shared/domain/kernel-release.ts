/**
 * Compares kernel releases as package managers compare versions: runs of digits as numbers, runs of letters as text, what
 * goes on is the later one, and `~` or a word for a release to come (`-rc2`) makes it earlier. Below 0: `a` is the earlier one.
 */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareParts(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether a reboot would bring another kernel that is no older one, of whatever flavour: what goes back is nobody's upgrade. */
export function isStepForward(running: string, expected: string): boolean {
  return expected !== running && compareReleases(numbersOf(expected), numbersOf(running)) >= 0;
}

/** Version and build without flavour: `6.8.0-45` of `6.8.0-45-generic`. */
function numbersOf(release: string): string {
  return /^\d[\d.]*(?:-\d[\d.]*)?/.exec(release)?.[0] ?? release;
}

function partsOf(release: string): string[] {
  return release.match(/\d+|[A-Za-z]+|~/g) ?? [];
}

const EARLIER = /^(~|rc|pre|alpha|beta)$/;

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return EARLIER.test(b ?? '') ? 1 : -1;
  if (b === undefined) return EARLIER.test(a) ? -1 : 1;
  if (EARLIER.test(a) !== EARLIER.test(b)) return EARLIER.test(a) ? -1 : 1;
  const [isNumber, isOther] = [/^\d/.test(a), /^\d/.test(b)];
  if (isNumber !== isOther) return isNumber ? 1 : -1;
  if (isNumber) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}
