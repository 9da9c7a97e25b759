import type { StaticHost, StaticSource } from '../domain/fleet.ts';
import type { HostRecord, SourceRecords } from '../domain/inventory.ts';

/** What a list in the fleet file says. */
export function fromStatic(source: StaticSource): SourceRecords {
  const hosts = source.hosts.map(recordOf);
  return { source: 'the static list', overrides: source.overrides, hosts, leftOut: [], problems: [] };
}

function recordOf(host: StaticHost): HostRecord {
  const { name, address, port, sequence, roles, profile, kubernetes } = host;
  return {
    name,
    roles,
    ...(address === null ? {} : { address }),
    ...(port === null ? {} : { port }),
    ...(sequence === null ? {} : { sequence }),
    ...(profile === null ? {} : { profile }),
    ...(kubernetes ? {} : { kubernetes }),
  };
}
