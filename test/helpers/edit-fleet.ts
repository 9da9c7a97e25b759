import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

/** Settings of the fleet file to put above what is written there; objects are merged, all else is replaced. */
export type Changes = Readonly<Record<string, unknown>>;

/** Limits of all steps: one attempt of so long. */
export function onceFor(timeout: string): Changes {
  const steps = ['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'];
  return Object.fromEntries(steps.map(step => [step, { timeout, attempts: 1 }]));
}

/** Changes a fleet file in place. */
export async function editFleet(file: string, changes: Changes): Promise<void> {
  const fleet: unknown = parse(await readFile(file, 'utf8'));
  await writeFile(file, stringify(merged(fleet, changes)));
}

function merged(old: unknown, changes: unknown): unknown {
  if (!isRecord(old) || !isRecord(changes)) return changes;
  const entries = Object.entries(changes).map(([key, value]) => [key, merged(old[key], value)] as const);
  return { ...old, ...Object.fromEntries(entries) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
