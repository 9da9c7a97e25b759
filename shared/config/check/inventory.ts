import { type Layer, nearest } from '../compile/layers.ts';
import { staticHosts } from '../compile/places.ts';
import { type Finding, type Path, showPath } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import type { StaticHostFile } from '../schema/inventory.ts';

/** No host twice, and sources that fit the cluster. */
export function checkInventory(file: FleetFile): Finding[] {
  return [
    ...Object.keys(file.clusters).flatMap(cluster => [
      ...checkHosts(staticHosts(file, cluster)),
      ...checkSources(file, cluster),
    ]),
    ...checkLocal(Object.keys(file.clusters).flatMap(cluster => staticHosts(file, cluster))),
  ];
}

/** The machine nodetide runs on is one, and is not logged in to. */
function checkLocal(hosts: readonly Layer<StaticHostFile>[]): Finding[] {
  const local = hosts.filter(host => host.value.connection === 'local');
  return local.flatMap(({ path, value }, index): Finding[] => {
    const findings: Finding[] = [];
    const first = local[0];
    if (first && index > 0) {
      const message = `host "${first.value.name}" is already the machine nodetide runs on, at ${showPath(first.path)}; reach this one over SSH`;
      findings.push({ code: 'two-local-hosts', path: [...path, 'connection'], message });
    }
    for (const key of ['ssh', 'port'] as const) {
      if (value[key] === undefined) continue;
      const message = `connection: local makes no use of ${key}; take it away, or the connection`;
      findings.push({ code: 'local-and-ssh', path: [...path, key], points: 'key', message });
    }
    return findings;
  });
}

function checkHosts(hosts: readonly Layer<StaticHostFile>[]): Finding[] {
  const findings: Finding[] = [];
  const names = new Map<string, Path>();
  const addresses = new Map<string, Layer<StaticHostFile>>();
  for (const host of hosts) {
    const { name, address, port } = host.value;
    const other = names.get(name);
    const message = `host "${name}" is already listed, at ${showPath(other ?? [])}; list it once`;
    if (other) findings.push({ code: 'duplicate-host', path: [...host.path, 'name'], message });
    else names.set(name, host.path);
    if (address === undefined) continue;
    const key = JSON.stringify([address, port, host.value.ssh?.port, host.value.ssh?.jump]);
    const same = addresses.get(key);
    if (same && same.value.name !== name) findings.push(sameAddress(host, same));
    else addresses.set(key, host);
  }
  return findings;
}

function sameAddress(host: Layer<StaticHostFile>, other: Layer<StaticHostFile>): Finding {
  const message = `address ${host.value.address} is already that of host "${other.value.name}", at ${showPath(other.path)}; one host would be upgraded twice`;
  return { code: 'duplicate-address', path: [...host.path, 'address'], message };
}

function checkSources(file: FleetFile, cluster: string): Finding[] {
  if (file.clusters[cluster]?.kubernetes !== 'none') return [];
  const inventory = nearest(file, cluster, 'inventory');
  if (!inventory) {
    const about: Path[] = [
      ['clusters', cluster, 'inventory'],
      ['defaults', 'inventory'],
    ];
    const message = 'has kubernetes: none and no inventory; add inventory with a static or salt source';
    return [{ code: 'no-inventory', path: ['clusters', cluster], points: 'key', message, about }];
  }
  return inventory.value.sources.flatMap((source, index): Finding[] => {
    if (source.kind !== 'kubernetes') return [];
    const message = `cluster "${cluster}" has kubernetes: none, so there are no Nodes to read; take the source away or say how Kubernetes is reached`;
    return [{ code: 'source-without-kubernetes', path: [...inventory.path, 'sources', index], message }];
  });
}
