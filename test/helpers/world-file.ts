import { readFile } from 'node:fs/promises';
import type { WorldEntry } from '../../services/simulator/world.ts';

/** The acts in a world.jsonl, in the order of the file. */
export async function readWorldLog(file: string): Promise<WorldEntry[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  return lines.map(line => JSON.parse(line) as WorldEntry);
}
