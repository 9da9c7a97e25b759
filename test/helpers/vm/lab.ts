import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import type { SshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { type CliRun, runCli, startCli } from '../cli.ts';
import { Machine } from './machine.ts';
import { HOLD, RAN } from './packages.ts';

/** A machine, and the program that treats it as the only host of a fleet, through its user `deploy` and sudo. */
export interface Lab {
  readonly machine: Machine;
  /** Writes what the fleet's policy is from now on. */
  policy(policy: Readonly<Record<string, unknown>>): Promise<void>;
  /** Starts `nodetide run`, as another installation each time. */
  rollOut(): CliRun;
  /** Runs another command of the program on the last rollout, to its end. */
  nodetide(...words: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** How the host stands in the last rollout. */
  node(): Promise<NodeStatus>;
  /** The host, as workers reach it. */
  readonly host: Host;
  /** Keeps the set-up of `tide-slow` from ending, from now on. */
  hold(): Promise<string>;
  letGo(): Promise<string>;
  /** Lines that the packages wrote when they were set up. */
  ran(): Promise<string[]>;
  /** What the machine says of its packages that is not in order; empty: all is. */
  audit(): Promise<string>;
  end(): Promise<void>;
}

/** Why no machine can be had here; empty: one can. */
export function noMachine(): string {
  return inject('vm').trouble;
}

/** A machine that is up; call its `end`. */
export async function startLab(): Promise<Lab> {
  const machine = await Machine.create({ folder: inject('vm').folder });
  try {
    machine.start();
    await machine.up();
  } catch (error) {
    await machine.end();
    throw error;
  }
  return labOf(machine, sshHosts());
}

function labOf(machine: Machine, hosts: SshHosts): Lab {
  const fleet = join(machine.dir, 'fleet.yaml');
  let rollouts = 0;
  const data = () => join(machine.dir, `redis-${rollouts}`);
  const nodetide: Lab['nodetide'] = (...words) => runCli([...words, '--data', data()]);
  return {
    machine,
    policy: policy => writeFile(fleet, stringify(fleetOf(machine, policy))),
    rollOut: () => {
      rollouts += 1;
      return startCli(['run', '-f', fleet, '--data', data(), '--yes', '--plain']);
    },
    nodetide,
    node: async () => {
      const { stdout, stderr } = await nodetide('status', '-o', 'json');
      const node = stdout === '' ? undefined : (JSON.parse(stdout) as RolloutStatus).nodes['lab/tide'];
      if (!node) throw new Error(`no status: ${stderr}`);
      return node;
    },
    host: hosts.connect(
      {
        name: 'tide',
        cluster: 'lab',
        sequence: 1,
        roles: [],
        controlPlane: false,
        kubernetes: null,
        host: { address: '127.0.0.1', port: machine.port, profile: 'lab' },
        policy: 'p',
        steps: [],
      },
      {
        lab: {
          user: 'deploy',
          auth: { kind: 'key', file: machine.keyFile },
          knownHostsFile: join(machine.dir, 'known_hosts'),
          hostKeys: 'strict',
          jump: [],
          become: 'sudo',
          connectTimeoutMs: 20_000,
          keepaliveIntervalMs: 10_000,
          keepaliveCountMax: 3,
        },
      },
    ),
    hold: () => machine.sh(`touch ${HOLD}; sync`),
    letGo: () => machine.sh(`rm ${HOLD}`),
    ran: async () => (await machine.sh(`cat ${RAN} 2>/dev/null || :`)).split('\n').filter(Boolean),
    audit: () => machine.sh('dpkg --audit'),
    end: async () => {
      await hosts.close();
      await machine.end();
    },
  };
}

function fleetOf(machine: Machine, policy: Readonly<Record<string, unknown>>): unknown {
  return {
    fleet: 'vm',
    stages: [{ name: 'only', clusters: ['lab'] }],
    clusters: {
      lab: {
        kubernetes: 'none',
        ssh: {
          user: 'deploy',
          keyFile: machine.keyFile,
          knownHosts: 'known_hosts',
          become: 'sudo',
          connectTimeout: '20s',
        },
        waves: [{ sequences: [1] }],
        policy: { recoverySoak: '0s', ...policy },
        inventory: {
          sources: [
            { kind: 'static', nodes: [{ name: 'tide', address: '127.0.0.1', port: machine.port, sequence: 1 }] },
          ],
        },
      },
    },
  };
}

/** What a run printed, for the message of a failed expectation. */
export function said(run: { readonly stdout: string; readonly stderr: string }): string {
  return `${run.stdout}\n${run.stderr}`;
}
