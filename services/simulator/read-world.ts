import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { checkWorld, WorldError } from './fleet.ts';
import type { WorldSpec } from './world-schema.ts';

/** Reads a description of a world from a YAML file. WorldError names what is wrong, with the file. */
export function readWorld(file: string): WorldSpec {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new WorldError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new WorldError(`${file}:${line}:${col}: ${broken.message.split('\n')[0]}`);
  }
  try {
    return checkWorld(document.toJS());
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    throw new WorldError(`${file} is wrong:\n${error.message}`, { cause: error });
  }
}
