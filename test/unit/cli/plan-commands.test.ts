import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register as plan } from '../../../services/cli/commands/plan.ts';
import { register as schema } from '../../../services/cli/commands/schema.ts';
import { register as validate } from '../../../services/cli/commands/validate.ts';
import { runProgram } from '../../../services/cli/program.ts';
import type { DrainPreview, Wiring } from '../../../services/cli/wiring.ts';
import type { Work } from '../../../services/common/planning/probe.ts';
import { StepError } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { clusterWith, nodeView } from '../../helpers/inventory.ts';

const FLEET = `
fleet: acme
stages: [{name: one, clusters: [dev, prod]}]
defaults: {ssh: {user: ops, knownHosts: known_hosts}, waves: [{sequences: [1]}]}
clusters:
  dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}}
  prod: {kubernetes: {kubeconfig: kubeconfig, context: prod}}
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  writeFileSync(join(folder, 'known_hosts'), '');
  writeFileSync(join(folder, 'kubeconfig'), 'contexts: [{name: dev}, {name: prod}]\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

interface World {
  readonly clusters?: Readonly<Record<string, ClusterApi>>;
  readonly probe?: (host: Host) => Promise<Work>;
  readonly preview?: DrainPreview;
}

/** Runs a command on a fleet file with this text. */
async function run(text: string, args: readonly string[], world: World = {}) {
  const file = join(folder, 'fleet.yaml');
  writeFileSync(file, text);
  const [out, err]: [string[], string[]] = [[], []];
  const closed: string[] = [];
  const refuse = () => Promise.reject(new Error('nothing outside was to be asked'));
  const wiring = {
    env: { XDG_STATE_HOME: '/nonexistent' },
    terminal: {
      out: (line: string) => out.push(line),
      err: (line: string) => err.push(line),
      write: (line: string) => out.push(line),
      live: false,
      canAsk: false,
      colour: false,
      size: () => ({ columns: 80, rows: 24 }),
      ask: refuse,
    },
    clock: { now: () => 1_700_000_000_000, sleep: refuse },
    user: 'me@here',
    onInterrupt: () => () => undefined,
    exitNow: () => undefined,
    openSession: refuse,
    simulate: refuse,
    connectClusters: async () => {
      const { clusters } = world;
      if (!clusters) return refuse();
      return (name: string) => {
        const api = clusters[name] ?? clusterWith(name, []);
        return { ...api, close: async () => void closed.push(name) };
      };
    },
    connectHosts: async () => (node: { name: string }) =>
      ({ name: node.name, close: async () => void closed.push(node.name) }) as Host,
    managers: async () => [],
    openProbe: async () => world.probe ?? refuse,
    openDrainPreview: async () => world.preview ?? refuse,
  } as unknown as Wiring;
  const code = await runProgram(
    [validate, schema, plan],
    wiring,
    args.map(arg => arg.replace('FILE', file)),
  );
  const shown = (lines: readonly string[]) => lines.join('\n').replaceAll(`${folder}/`, '');
  return { code, out: shown(out), err: shown(err), closed: closed.toSorted() };
}

const CLUSTERS = { dev: clusterWith('dev', [nodeView('a', 1)]), prod: clusterWith('prod', [nodeView('b', 1)]) };

describe('nodetide validate', () => {
  it('says what a right file holds, and asks nobody', async () => {
    expect(await run(FLEET, ['validate', '-f', 'FILE'])).toEqual({
      code: 0,
      out: 'fleet.yaml is valid: fleet acme, 2 clusters in stages one',
      err: '',
      closed: [],
    });
  });

  it('says all that is wrong, a line each, and ends with 4', async () => {
    const wrong = FLEET.replace('context: dev', 'context: deb').replace('stages', 'stagse');
    const { code, out, err } = await run(wrong, ['validate', '-f', 'FILE']);
    expect([code, err]).toEqual([4, 'nodetide: fleet.yaml has 2 problems']);
    expect(out.split('\n').map(line => line.slice(0, 30))).toEqual([
      'fleet.yaml:2:1: stages: is mis',
      'fleet.yaml:3:1: stagse: unknow',
    ]);
  });

  it('gives problems as data', async () => {
    const { code, out } = await run(FLEET.replace('context: dev', 'context: deb'), [
      'validate',
      '-f',
      'FILE',
      '-o',
      'json',
    ]);
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      problems: [{ code: 'unknown-context', line: 6, column: 55 }],
    });
  });

  it('names a file that is not there', async () => {
    const { code, out } = await run(FLEET, ['validate', '-f', 'FILE.none']);
    expect([code, out]).toEqual([4, 'fleet.yaml.none:1:1: the fleet file is missing']);
  });
});

describe('nodetide schema', () => {
  it('prints a JSON Schema', async () => {
    const { code, out } = await run(FLEET, ['schema']);
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { title: 'nodetide fleet file', $defs: { Fleet: { type: 'object' } } },
    ]);
  });
});

describe('nodetide plan', () => {
  it('shows the plan and closes what it opened', async () => {
    const { code, out, err, closed } = await run(FLEET, ['plan', '-f', 'FILE'], { clusters: CLUSTERS });
    expect([code, err, closed]).toEqual([0, '', ['dev', 'prod']]);
    expect(out).toContain('Cluster prod: 1 of 1 node');
  });

  it('asks only the clusters it is narrowed to', async () => {
    const { code, out, closed } = await run(FLEET, ['plan', '-f', 'FILE', '--cluster', 'prod', '-o', 'json'], {
      clusters: CLUSTERS,
    });
    expect([code, closed]).toEqual([0, ['prod']]);
    expect(JSON.parse(out)).toMatchObject({ plan: { stages: [{ clusters: [{ name: 'prod' }] }] }, problems: [] });
  });

  it('ends with 4 and all problems when nothing can be planned', async () => {
    const clusters = {
      dev: clusterWith(
        'dev',
        Array.from({ length: 12 }, (_, index) => nodeView(`n-${index}`)),
      ),
      prod: CLUSTERS.prod,
    };
    const { code, out, err } = await run(FLEET, ['plan', '-f', 'FILE'], { clusters });
    const lines = err.split('\n');
    expect([code, out, lines.length]).toEqual([4, '', 12]);
    expect(lines.slice(-2)).toEqual([
      'dev: and 2 more such problems (no-sequence)',
      'nodetide: nothing can be planned: 12 problems',
    ]);
  });

  it.each([
    [['--cluster', 'pord'], 'the fleet has no cluster pord; did you mean prod?'],
    [['-l', 'a in'], '"a in" is no label selector: "a in" in "a in" is no label key'],
  ])('ends with 4 for %s, before it asks anybody', async (args, message) => {
    const { code, err } = await run(FLEET, ['plan', '-f', 'FILE', ...args]);
    expect([code, err]).toEqual([4, `${message}\nnodetide: nothing can be planned: 1 problem`]);
  });

  it.each(['--cluster', '--wave', '--node'])('an empty %s does not mean everything', async option => {
    const { code, err } = await run(FLEET, ['plan', '-f', 'FILE', option, ',']);
    expect([code, err]).toEqual([2, expect.stringContaining('It names nothing.')]);
  });

  it('ends with 5 and names each cluster that cannot be asked', async () => {
    const down = {
      ...CLUSTERS.prod,
      listNodes: () => Promise.reject(fail('cluster-unreachable', { message: 'no answer', seen: 'ECONNREFUSED' })),
    };
    const { code, err, closed } = await run(FLEET, ['plan', '-f', 'FILE'], { clusters: { ...CLUSTERS, prod: down } });
    expect([code, closed]).toEqual([5, ['dev', 'prod']]);
    expect(err.split('\n')).toEqual([
      'prod: no answer',
      '  ECONNREFUSED',
      '  Check that the API server can be reached from here (nodetide doctor; kubectl get --raw /readyz).',
      'nodetide: cannot ask prod',
    ]);
  });

  it('ends with 4 for a wrong file, before it asks anybody', async () => {
    expect(await run(FLEET.replace('stages', 'stagse'), ['plan', '-f', 'FILE'])).toMatchObject({ code: 4, out: '' });
  });

  it('--updates lists what each host would get, and ends with 5 when a host cannot be asked', async () => {
    const evidence = [
      { check: 'zypper', needed: null, detail: 'zypper: not there' },
      { check: 'sentinel-file', needed: true, detail: '/run/reboot-required exists' },
    ];
    const reboot = { needed: true, evidence, warnings: ['6.1.0-30 never runs'], bootId: 'x' };
    const pending: Work['pending'] = {
      changes: [
        { name: 'linux', before: '1', after: '2' },
        { name: 'linux-2', before: null, after: '2' },
        { name: 'old', before: '1', after: null },
      ],
      left: [{ name: 'kubelet', before: '1.31.2', available: '1.31.3', reason: 'protected' }],
      problems: [{ code: 'packages-removal-refused', message: 'the upgrade would remove old' }],
    };
    const probe = (host: Host): Promise<Work> =>
      host.name === 'a'
        ? Promise.resolve({ pending, reboot, kernel: '6.1.0-30', uptimeSeconds: 60 })
        : Promise.reject(new StepError({ code: 'host-timeout', message: 'no answer', retryable: true }));
    const { code, out, err, closed } = await run(FLEET, ['plan', '-f', 'FILE', '--updates'], {
      clusters: CLUSTERS,
      probe,
    });
    expect([code, err, closed]).toEqual([5, 'nodetide: 1 host cannot be asked', ['a', 'b', 'dev', 'prod']]);
    expect(out).toMatch(/ a {2}1 {2}- {2}ip-a {2}3 packages, refused, reboot due$/m);
    expect(out).toMatch(/ b {2}1 {2}- {2}ip-b {2}cannot be asked: no answer$/m);
    expect(out.slice(out.indexOf('Updates'))).toBe(
      [
        'Updates',
        '  dev/a: 3 packages, refused, reboot due',
        '      linux    1 → 2',
        '      linux-2  new → 2',
        '      old      1 → removed',
        '      kubelet  1.31.2 → 1.31.3  left: protected',
        '      refused: the upgrade would remove old',
        '      reboot: /run/reboot-required exists',
        '      warning: 6.1.0-30 never runs',
        '  prod/b: cannot be asked: no answer',
      ].join('\n'),
    );
  });
});

describe('nodetide plan --drain', () => {
  const web = { pod: 'shop/web', verdict: 'evict', reason: 'budget web: 1 may go now', group: '' } as const;
  const naked = { pod: 'shop/naked', verdict: 'obstacle', reason: 'no controller', group: '' } as const;
  const asks = (pods: Awaited<ReturnType<DrainPreview>>) => {
    const asked: string[] = [];
    const preview: DrainPreview = async ({ cluster, node, policy }) => {
      asked.push(`${cluster.name}/${node} ${policy.when}`);
      return pods;
    };
    return { asked, world: { clusters: CLUSTERS, preview } };
  };
  const drain = (node: string, world: World, ...more: string[]) =>
    run(FLEET, ['plan', '-f', 'FILE', '--drain', node, ...more], world);

  it('shows what a drain would do with each pod of the node, by its policy', async () => {
    const { asked, world } = asks([web]);
    const { code, out, err } = await drain('prod/b', world);
    expect([code, asked, err]).toEqual([0, ['prod/b if-work'], 'note: drained only if there is work']);
    expect(out).toBe('VERDICT  POD       REASON\nevict    shop/web  budget web: 1 may go now');
  });

  it('names the groups where the policy has an order', async () => {
    const { world } = asks([{ ...web, group: 'all other pods' }]);
    expect((await drain('a', world)).out).toContain('shop/web  all other pods  budget web');
  });

  it('ends with 1 when a pod is in the way, or cannot be evicted at all', async () => {
    const { code, out, err } = await drain('a', asks([naked, web]).world);
    expect([code, err.split('\n').at(-1)]).toEqual([1, 'nodetide: nothing would be evicted: pods in the way: 1']);
    expect(out).toContain('OBSTACLE  shop/naked');
    expect((await drain('a', asks([{ ...web, verdict: 'impossible' }]).world)).code).toBe(1);
  });

  it('gives data, also of an empty node', async () => {
    const { code, out } = await drain('a', asks([]).world, '-o', 'json');
    expect([code, JSON.parse(out)]).toEqual([0, { cluster: 'dev', node: 'a', pods: [] }]);
    expect((await drain('a', asks([]).world)).err).toContain('there is no pod on dev/a');
  });

  it('ends with 4 for a node that is not in the plan, with 5 when the cluster cannot be asked', async () => {
    expect((await drain('c', asks([]).world)).code).toBe(4);
    const preview = () => Promise.reject(fail('cluster-unreachable', { message: 'no route' }));
    expect((await drain('a', { clusters: CLUSTERS, preview })).code).toBe(5);
  });
});
