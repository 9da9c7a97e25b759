import { stringify } from 'yaml';
import type { Simulation } from './start.ts';
import type { ClusterSpec } from './world-schema.ts';

const HEADER = '# Written by nodetide simulate for the simulated world in this folder.\n';

/** The fleet file of a simulation: hosts by their ports, waves as described, short soaks. */
export function fleetFileOf(simulation: Simulation): string {
  const { spec } = simulation;
  const clusters: Record<string, object> = {};
  for (const [name, described] of Object.entries(spec.clusters)) {
    clusters[name] = clusterEntry(simulation, name, described);
  }
  return (
    HEADER +
    stringify(
      {
        fleet: spec.name ?? 'simulated',
        stages: spec.stages,
        defaults: {
          ssh: {
            user: 'ops',
            keyFile: 'id_ed25519',
            knownHosts: 'known_hosts',
            connectTimeout: '5s',
            keepaliveInterval: '2s',
          },
          policy: {
            recoverySoak: '200ms',
            verify: { soak: '300ms' },
            reboot: { downTimeout: '20s', upTimeout: '40s' },
            drain: { volumeDetachTimeout: '30s' },
            upgrade: { lockWait: '30s' },
            steps: Object.fromEntries(
              ['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'].map(step => [
                step,
                { timeout: '2m', backoff: '500ms', backoffMax: '5s' },
              ]),
            ),
          },
        },
        clusters,
      },
      { aliasDuplicateObjects: false },
    )
  );
}

function clusterEntry(simulation: Simulation, name: string, described: ClusterSpec): object {
  const kubernetes = described.kubernetes !== false;
  const nodes = described.nodes.map(node => ({
    name: node.name,
    address: '127.0.0.1',
    port: simulation.host(name, node.name).port,
    ...(kubernetes ? {} : { kubernetes: false, sequence: node.sequence ?? undefined, roles: node.roles }),
  }));
  const sources = [...(kubernetes ? [{ kind: 'kubernetes' }] : []), { kind: 'static', nodes }];
  return {
    kubernetes: kubernetes ? { kubeconfig: 'kubeconfig', context: name } : 'none',
    inventory: { sources },
    waves: described.rollout?.waves ?? defaultWaves(described),
    ...(described.rollout?.maxUnavailable === undefined
      ? {}
      : { policy: { maxUnavailable: described.rollout.maxUnavailable } }),
  };
}

/** One wave a sequence. */
function defaultWaves(described: ClusterSpec): object[] {
  const all = described.nodes.flatMap(node => node.sequence ?? []);
  return [...new Set(all)].sort((a, b) => a - b).map(sequence => ({ sequences: [sequence] }));
}
