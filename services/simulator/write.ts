import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { fleetFileOf } from './fleet-file.ts';
import type { RunningHost } from './hosts/start.ts';
import type { Simulation } from './start.ts';
import type { WorldEntry } from './world.ts';

/** Where the files of a written simulation are. */
export interface WrittenSimulation {
  readonly fleetFile: string;
  readonly kubeconfig: string;
  readonly keyFile: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  readonly worldFile: string;
}

/**
 * Writes what nodetide, kubectl and ssh need to work on a simulation into `dir` (made if missing; files of an earlier
 * simulation are replaced). From now on every act is appended to world.jsonl before anybody else hears of it.
 */
export function writeSimulation(simulation: Simulation, dir: string): WrittenSimulation {
  const folder = resolve(dir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const files: WrittenSimulation = {
    fleetFile: at('fleet.yaml'),
    kubeconfig: at('kubeconfig'),
    keyFile: at('id_ed25519'),
    knownHosts: at('known_hosts'),
    sshConfig: at('ssh_config'),
    worldFile: at('world.jsonl'),
  };
  writeFileSync(files.keyFile, simulation.clientKey.privateText, { mode: 0o600 });
  const knownHosts = simulation.hosts().map(host => `${host.knownHostsLine}\n`);
  writeFileSync(files.knownHosts, knownHosts.join(''));
  writeFileSync(files.kubeconfig, kubeconfig(simulation), { mode: 0o600 });
  writeFileSync(files.sshConfig, sshConfig(simulation.hosts(), files));
  writeFileSync(files.fleetFile, fleetFileOf(simulation));
  const line = (entry: WorldEntry) => `${JSON.stringify(entry)}\n`;
  writeFileSync(files.worldFile, simulation.world.entries.map(line).join(''));
  simulation.world.onEntry(entry => appendFileSync(files.worldFile, line(entry)));
  return files;
}

function kubeconfig(simulation: Simulation): string {
  const entries = [...simulation.clusters.values()].map(cluster => cluster.kubeconfigEntry());
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(entry => entry.cluster),
    users: entries.map(entry => entry.user),
    contexts: entries.map(entry => entry.context),
    'current-context': entries[0]?.context.name ?? '',
  });
}

/** `ssh -F DIR/ssh_config NODE`: names that two clusters share are reached as NODE.CLUSTER. */
function sshConfig(hosts: readonly RunningHost[], files: WrittenSimulation): string {
  const blocks = hosts.map(({ host, port }) => {
    const { name, cluster } = host.spec;
    return `Host ${name} ${name}.${cluster}\n  Port ${port}\n`;
  });
  const common = [
    'Host *',
    '  HostName 127.0.0.1',
    '  User ops',
    `  IdentityFile "${files.keyFile}"`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile "${files.knownHosts}"`,
    '  StrictHostKeyChecking yes',
  ];
  return `${blocks.join('')}${common.join('\n')}\n`;
}
