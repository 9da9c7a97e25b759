/** That the last reboot is too near; as long as it holds, told in the same words. `atMs`: when the next may be. */
export function tooSoon(atMs: number): string {
  return `the last reboot of the cluster was too short ago: the next not before ${new Date(atMs).toISOString()}`;
}
