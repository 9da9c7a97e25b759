import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LEASE_NAME } from '../../services/common/cluster-lease.ts';
import { workMarkOf } from '../../shared/domain/facts.ts';
import { chaosWorld } from '../helpers/chaos.ts';
import { type CliRun, startCli } from '../helpers/cli.ts';
import { kickstart, type TestSimulation } from '../helpers/simulation.ts';
import { watchActs } from '../helpers/world-acts.ts';

describe('two installations, each with a Redis of its own, on the same clusters', () => {
  it('never work on a cluster at the same time; the second waits, says why, and finds nothing left to do', async () => {
    const { simulation, acts, installations } = await world();
    const runs = ['one', 'two'].map(name => run(simulation, name));
    const waiting = await Promise.race(runs.map(each => each.line(/held by .*installation\/rollout/).then(() => each)));
    expect(await Promise.all(runs.map(each => each.ended))).toEqual(runs.map(() => ({ code: 0, signal: null })));
    expect(acts.wrong()).toEqual([]);
    expect(installations.most).toBe(1);
    expect(installations.all.size).toBe(1);
    expect(waiting.stdout).toMatch(/nothing to (do|upgrade)/);
  });

  it('the first is killed with -9: the second keeps waiting until the first was resumed and has ended', async () => {
    const { simulation, acts, installations } = await world();
    const first = run(simulation, 'one');
    await simulation.act('upgrade');
    const second = run(simulation, 'two');
    const said = whenLeaseIsLost(simulation, second);
    await second.line(/held by .*installation\/rollout/);
    first.kill('SIGKILL');
    await first.ended;
    const id = /rollout (r-\S+) is created/.exec(first.stdout)?.[1] ?? '';
    const again = run(simulation, 'one', '--resume', id);
    expect(await again.ended, again.stderr).toEqual({ code: 0, signal: null });
    expect(said.first).toMatch(/held by .*installation\/rollout/);
    expect(said.first).not.toMatch(/node-\d.*(taken|drain)/);
    expect(await second.ended, second.stderr).toEqual({ code: 0, signal: null });
    expect(acts.wrong()).toEqual([]);
    expect(installations.most).toBe(1);
  });
});

async function world() {
  const simulation = await kickstart(chaosWorld(2, 2));
  onTestFinished(() => simulation.close());
  return { simulation, acts: watchActs(simulation.sim), installations: watchMarks(simulation) };
}

/** `nodetide run` with a data folder of its own, hence a Redis and an engine of its own. */
function run(simulation: TestSimulation, name: string, ...more: string[]): CliRun {
  const { fleetFile } = simulation.files;
  // A node that the other has in hand is one the preflight misses.
  const options = ['--data', join(simulation.folder, name), '--yes', '--plain', '--ignore-blockers'];
  return startCli(['run', '-f', fleetFile, ...options, ...more]);
}

/** What a process had printed when a cluster's Lease was first taken from who has it now, or given up; null: neither came. */
function whenLeaseIsLost(simulation: TestSimulation, other: CliRun): { readonly first: string | null } {
  const said: { first: string | null } = { first: null };
  for (const { objects } of simulation.sim.clusters.values()) {
    const holder = () => {
      const lease = objects.list('leases').find(({ metadata }) => metadata.name === LEASE_NAME);
      return (lease?.['spec'] as { holderIdentity?: string | null } | undefined)?.holderIdentity;
    };
    const first = holder();
    objects.onChange('leases', () => {
      if (holder() !== first) said.first ??= other.stdout;
    });
  }
  return said;
}

/** Whose marks were on the nodes: of how many installations at once in one cluster at most, and of which ever. */
function watchMarks(simulation: TestSimulation): { readonly most: number; readonly all: ReadonlySet<string> } {
  const seen = { most: 0, all: new Set<string>() };
  for (const cluster of simulation.sim.clusters.values()) {
    cluster.objects.onChange('nodes', () => {
      const marks = cluster.objects.list('nodes').map(node => workMarkOf(node.metadata.annotations ?? {}));
      const here = new Set(marks.flatMap(mark => (mark === null || mark === 'unreadable' ? [] : [mark.installation])));
      for (const installation of here) seen.all.add(installation);
      seen.most = Math.max(seen.most, here.size);
    });
  }
  return seen;
}
