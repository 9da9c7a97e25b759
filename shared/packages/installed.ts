/** Reads lines `STATUS TAB NAME TAB VERSION`; only fully installed packages (dpkg: second letter `i`) count. */
export function parseInstalled(stdout: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [status, name, version] = line.split('\t');
    if (name && version && status?.charAt(1) === 'i') found.set(name, version);
  }
  return found;
}
