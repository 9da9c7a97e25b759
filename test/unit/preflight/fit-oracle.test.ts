import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeView, PodView } from '../../../shared/domain/facts.ts';
import { amounts, asking, findingsOf, roomy } from '../../helpers/preflight.ts';
import { canBePlaced, type TinyCluster } from '../../helpers/preflight-oracle.ts';

/** Set PREFLIGHT_RUNS for more. */
const RUNS = Number(process.env['PREFLIGHT_RUNS'] ?? 400);
const NODES = ['a', 'b', 'c', 'd'];
const often = <T>(usual: T, rare: T) => fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, fc.constant(rare));

const nodeArbitrary = fc.record({
  cores: fc.integer({ min: 1, max: 4 }),
  zone: fc.constantFrom('x', 'y'),
  tainted: often(false, true),
  open: often(true, false),
  pods: fc.constantFrom(2, 3, 110),
  wave: fc.constantFrom(0, 0, 1, null),
});

const podArbitrary = fc.record({
  home: fc.nat(NODES.length - 1),
  cores: fc.integer({ min: 0, max: 3 }),
  zone: fc.constantFrom(undefined, undefined, 'x', 'y'),
  tolerant: fc.boolean(),
  app: fc.constantFrom('v', 'w'),
  apart: fc.constantFrom(undefined, undefined, 'kubernetes.io/hostname', 'zone', 'rack'),
  from: fc.constantFrom('v', 'w'),
  port: often(false, true),
  fixed: often(false, true),
});

const clusterArbitrary = fc.record({
  nodes: fc.array(nodeArbitrary, { minLength: 2, maxLength: NODES.length }),
  pods: fc.array(podArbitrary, { minLength: 1, maxLength: 6 }),
});

type Drawn = typeof clusterArbitrary extends fc.Arbitrary<infer T> ? T : never;

function build({ nodes, pods }: Drawn): TinyCluster & { waves: { nodes: string[] }[] } {
  const views = nodes.map(({ cores, zone, tainted, open, pods: most }, at): NodeView => {
    const taints = tainted ? [{ key: 'for', value: '', effect: 'NoSchedule' }] : [];
    return roomy(
      NODES[at] ?? '',
      { ready: open, labels: { zone } },
      { allocatable: amounts(cores), pods: most, taints },
    );
  });
  const made = pods.map((pod, at): PodView => {
    const placement = {
      nodeSelector: pod.zone === undefined ? {} : { zone: pod.zone },
      tolerations: pod.tolerant ? [{ key: 'for', operator: 'Exists', value: '', effect: '' } as const] : [],
      antiAffinity:
        pod.apart === undefined
          ? []
          : [
              {
                topologyKey: pod.apart,
                selector: [{ key: 'app', operator: 'in', values: [pod.from] } as const],
                namespaces: [],
              },
            ],
      hostPorts: pod.port ? ['TCP/80'] : [],
    };
    const home = views[pod.home % views.length]?.name ?? '';
    const kind = pod.fixed ? 'DaemonSet' : 'ReplicaSet';
    const controller = { apiVersion: 'apps/v1', kind, name: 'own' };
    return asking(`p-${at}`, home, pod.cores, placement, { labels: { app: pod.app }, controller });
  });
  const waves = [0, 1].map(wave => ({
    nodes: views.flatMap(({ name }, at) => (nodes[at]?.wave === wave ? [name] : [])),
  }));
  return { nodes: views, pods: made, waves: waves.filter(wave => wave.nodes.length > 0) };
}

const movable = (pod: PodView) => pod.controller?.kind === 'ReplicaSet';

describe('tiny clusters, compared with trying every way', () => {
  it('no finding that claims to be certain, where there is a way for all pods', () => {
    fc.assert(
      fc.property(clusterArbitrary, drawn => {
        const { nodes, pods, waves } = build(drawn);
        const certain = findingsOf({ nodes, pods, waves }).filter(({ code }) =>
          ['doesNotFit', 'tooLittleRoom', 'boundToNode', 'noNodeApart'].includes(code),
        );
        for (const { wave, nodes: away } of certain) {
          const emptied = waves.slice(0, wave + 1).flatMap(each => each.nodes);
          const moving = pods.filter(pod => movable(pod) && emptied.includes(pod.nodeName));
          for (const node of away) {
            expect(canBePlaced({ nodes, pods }, moving, node, pod => pod.nodeName !== node)).toBe(false);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('no finding at all, only where there is a way for the pods of the node as pods are spread now', () => {
    fc.assert(
      fc.property(clusterArbitrary, drawn => {
        const { nodes, pods, waves } = build(drawn);
        const told = findingsOf({ nodes, pods, waves });
        for (const node of waves.flatMap(wave => wave.nodes)) {
          const moving = pods.filter(pod => movable(pod) && pod.nodeName === node);
          if (told.some(finding => finding.nodes.includes(node))) continue;
          expect(canBePlaced({ nodes, pods }, moving, node, () => false)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('"no other node has room" is said only of pods for which that is so', () => {
    fc.assert(
      fc.property(clusterArbitrary, drawn => {
        const { nodes, pods, waves } = build(drawn);
        const alone = findingsOf({ nodes, pods, waves }).filter(({ message }) =>
          message.startsWith('no other node has'),
        );
        for (const name of alone.flatMap(finding => finding.pods)) {
          const pod = pods.filter(each => name === `shop/${each.name}`);
          const others = pods.filter(each => !movable(each) || each.nodeName !== pod[0]?.nodeName);
          expect(canBePlaced({ nodes, pods: [...others, ...pod] }, pod, pod[0]?.nodeName ?? '', () => false)).toBe(
            false,
          );
        }
      }),
      { numRuns: RUNS },
    );
  });
});
