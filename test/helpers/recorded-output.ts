import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What kubectl printed against a real API server. */
export interface RecordedCommand {
  readonly argv: readonly string[];
  readonly identity?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const folder = join(import.meta.dirname, '../fixtures/apiserver-recordings');

/** The kubectl commands of one recording, in their order. */
export function recordedCommands(name: string): RecordedCommand[] {
  const text = gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString();
  const { meta } = JSON.parse(text) as { meta: { commands: readonly Partial<RecordedCommand>[] } };
  return meta.commands.filter((command): command is RecordedCommand => command.argv !== undefined);
}

/** The recorded command of these words. Throws when the recording has none. */
export function recordedCommand(name: string, line: string): RecordedCommand {
  const found = recordedCommands(name).find(({ argv }) => argv.slice(1).join(' ') === line);
  if (found === undefined) throw new Error(`${name} has no command: ${line}`);
  return found;
}

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';

/** In order: what differs between any two runs, and what stands for it. */
const masks: readonly (readonly [pattern: RegExp, as: string])[] = [
  // kubectl's own log lines: when, which process, where in its source.
  [/^([EWI])\d{4} [\d:.]+ +\d+ \S+\]/, '$1 LOG]'],
  [new RegExp(`\\w{3}, \\d\\d (?:${months}) \\d{4} [\\d:]{8} [+-]\\d{4}`, 'g'), 'TIME'],
  [/\d{4}-\d\d-\d\dT[\d:]{8}(?:\.\d+)?Z/g, 'TIME'],
  [/\b([a-z][a-z0-9-]*?)-[0-9a-f]{8,10}-[a-z0-9]{5}\b/g, '$1-HASH'],
  [/\b([a-z][a-z0-9-]*?)-[0-9a-f]{8,10}\b/g, '$1-HASH'],
  [/\bdb-\d\b/g, 'db-N'],
  [/\b(agent|report)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-HASH'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?:\/\d+)?\b/g, 'IP'],
  [/\bv[15]\.\d+\.\d+(?:[+-]\w+)?/g, 'VERSION'],
  [/((?:Boot|Container|Machine) ID|System UUID|ProviderID): .*/, '$1: ID'],
  [/(^|[ (])(?:\d+[dhms]){1,2}(?=$|[ )])/g, '$1AGE'],
];

/**
 * Output with everything masked that differs between any two runs: times, ages, addresses, versions, random ends of
 * names; columns one blank apart.
 */
export function maskedLines(output: string): string[] {
  return output
    .split('\n')
    .map(line => masks.reduce((text, [pattern, as]) => text.replaceAll(new RegExp(pattern, 'g'), as), line))
    .map(line => line.replaceAll(/\s+/g, ' ').trim())
    .filter(line => line !== '' && !/^[- ]+$/.test(line));
}
