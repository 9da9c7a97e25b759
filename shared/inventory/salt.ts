import type { SaltSource } from '../domain/fleet.ts';
import type { HostRecord, SourceRecords } from '../domain/inventory.ts';
import { parseSequence } from '../domain/labels.ts';
import type { PlanProblem } from '../domain/plan.ts';
import { parseSaltGrains, type SaltOutput } from './salt-output.ts';

/** What a file of Salt grains says. `text`: the file. */
export function fromSalt(cluster: string, source: SaltSource, text: string): SourceRecords {
  const base = { source: source.file, overrides: source.overrides };
  let output: SaltOutput;
  try {
    output = parseSaltGrains(text);
  } catch (error) {
    const message = `${source.file} does not hold the JSON of salt grains.items: ${(error as Error).message}`;
    return { ...base, hosts: [], leftOut: [], problems: [{ code: 'grains-unreadable', cluster, message }] };
  }
  const meant = [...output.grains].filter(([, items]) => isMeant(source, items));
  const found = meant.map(([minion, items]) => recordOf(cluster, source, minion, items));
  const leftOut = [...output.silent].map(([node, said]) => ({ node, reason: `gave no grains, only ${said}` }));
  const problems = found.flatMap(each => each.problems);
  if (meant.length === 0) problems.push(nobody(cluster, source, output));
  return { ...base, hosts: found.map(each => each.record), leftOut, problems };
}

function isMeant(source: SaltSource, items: Readonly<Record<string, unknown>>): boolean {
  return source.contextGrain === '' || texts(items[source.contextGrain]).includes(source.context);
}

function nobody(cluster: string, source: SaltSource, { grains }: SaltOutput): PlanProblem {
  const contexts = [...new Set([...grains.values()].flatMap(items => texts(items[source.contextGrain])))].sort();
  const there = contexts.length === 0 ? 'no minion has that grain' : `there are ${contexts.join(', ')}`;
  const message = `no minion in ${source.file} has ${source.contextGrain}: ${source.context}; ${there}`;
  return { code: 'no-minion', cluster, message };
}

function recordOf(cluster: string, source: SaltSource, minion: string, items: Readonly<Record<string, unknown>>) {
  const name = (source.nameGrain === '' ? undefined : texts(items[source.nameGrain])[0]) ?? minion;
  const written = texts(items[source.sequenceGrain])[0];
  const sequence = parseSequence(written);
  const address = texts(items[source.addressGrain]).find(each => !/^127\.|^::1$/.test(each));
  const record: HostRecord = {
    name,
    roles: texts(items[source.rolesGrain]),
    ...(address === undefined ? {} : { address }),
    ...(typeof sequence === 'number' ? { sequence } : {}),
  };
  const message = `grain ${source.sequenceGrain} of ${minion} is "${written}", which is no sequence; set a whole number`;
  const problem: PlanProblem = { code: 'sequence-not-a-number', cluster, node: name, message };
  return { record, problems: sequence === 'invalid' ? [problem] : [] };
}

/** A grain as texts: one value or a list; what is neither text nor number is left out. */
function texts(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter(each => typeof each === 'string' || typeof each === 'number').map(String);
}
