/**
 * Reads lines `STATUS TAB NAME TAB VERSION`; only fully installed packages (dpkg: second letter `i`) count. A package
 * installed in several versions (kernels of rpm) has them all, sorted, as `A, B`.
 */
export function parseInstalled(stdout: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of stdout.split('\n').sort(byNameAndVersion)) {
    const [status, name, version] = line.split('\t');
    if (!name || !version || status?.charAt(1) !== 'i') continue;
    const before = found.get(name);
    found.set(name, before === undefined ? version : `${before}, ${version}`);
  }
  return found;
}

function byNameAndVersion(a: string, b: string): number {
  const [left, right] = [a.slice(a.indexOf('\t')), b.slice(b.indexOf('\t'))];
  return left < right ? -1 : Number(left > right);
}
