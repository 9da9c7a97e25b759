/** Whether the event `wanted` came after `known`; ids are `time-number`. null: nothing is known. */
export function isBehind(known: string | null, wanted: string): boolean {
  if (wanted === '' || known === null) return wanted !== '';
  const [atMs = 0, number = 0] = known.split('-').map(Number);
  const [wantedMs = 0, wantedNumber = 0] = wanted.split('-').map(Number);
  return wantedMs > atMs || (wantedMs === atMs && wantedNumber > number);
}
