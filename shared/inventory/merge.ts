import type { HostRecord, InventoryHost, SourceRecords } from '../domain/inventory.ts';
import type { PlanProblem } from '../domain/plan.ts';
import { compareNatural } from '../domain/text.ts';

/** Fields that can only have one value. */
const SINGLE = ['address', 'port', 'sequence', 'profile', 'kubernetes'] as const;
type Single = (typeof SINGLE)[number];
type Value = string | number | boolean;

interface Known {
  readonly value: Value;
  readonly source: string;
}

/**
 * One host for each name, sorted by name. Roles are added up. Two sources that give a host different addresses, ports or
 * sequences are a conflict, unless the later one overrides; a host twice in one source is one always.
 */
export function mergeSources(
  cluster: string,
  sources: readonly SourceRecords[],
): { hosts: InventoryHost[]; problems: PlanProblem[] } {
  const problems: PlanProblem[] = sources.flatMap(source => source.problems);
  const drafts = new Map<string, Draft>();
  for (const source of sources) {
    const seen = new Set<string>();
    for (const record of source.hosts) {
      if (seen.has(record.name)) {
        const message = `${source.source} lists host ${record.name} twice`;
        problems.push({ code: 'duplicate-host', cluster, node: record.name, message });
        continue;
      }
      seen.add(record.name);
      const draft = drafts.get(record.name) ?? new Draft(cluster, record.name);
      drafts.set(record.name, draft);
      problems.push(...draft.add(record, source));
    }
  }
  const hosts = [...drafts.values()].map(draft => draft.host());
  return { hosts: hosts.sort((a, b) => compareNatural(a.name, b.name)), problems };
}

/** A host while its sources are gone through. */
class Draft {
  readonly #cluster: string;
  readonly #name: string;
  readonly #known = new Map<Single, Known>();
  readonly #roles = new Set<string>();
  readonly #sources: string[] = [];

  constructor(cluster: string, name: string) {
    this.#cluster = cluster;
    this.#name = name;
  }

  /** Takes what `source` says; returns the conflicts. */
  add(record: HostRecord, source: SourceRecords): PlanProblem[] {
    this.#sources.push(source.source);
    for (const role of record.roles ?? []) this.#roles.add(role);
    return SINGLE.flatMap(field => {
      const value = record[field];
      if (value === undefined) return [];
      const known = this.#known.get(field);
      if (known && known.value !== value && !source.overrides) return [this.#conflict(field, known, value, source)];
      this.#known.set(field, { value, source: source.source });
      return [];
    });
  }

  #conflict(field: Single, known: Known, value: Value, source: SourceRecords): PlanProblem {
    const message = `${field} of ${this.#name} is ${known.value} in ${known.source} but ${value} in ${source.source}; make them agree, or say overrides: true for the source that is right`;
    return { code: 'inventory-conflict', cluster: this.#cluster, node: this.#name, message };
  }

  host(): InventoryHost {
    const get = <T>(field: Single) => (this.#known.get(field)?.value ?? null) as T | null;
    return {
      name: this.#name,
      address: get<string>('address'),
      port: get<number>('port'),
      sequence: get<number>('sequence'),
      roles: [...this.#roles].sort(),
      profile: get<string>('profile'),
      kubernetes: get<boolean>('kubernetes') ?? true,
      sources: this.#sources,
    };
  }
}
