import type { Gathered } from '../gather.ts';
import { podName } from '../world.ts';
import type { ApartIndex } from './apart.ts';
import type { FitPod, FitWorld } from './fit-world.ts';

/** Pods of which a domain (a node, a zone) holds one at most. */
export interface Rivals {
  readonly pods: readonly FitPod[];
  /** undefined: the node is in no domain, so any number of them may be there. */
  readonly domainOf: (node: number) => string | undefined;
}

/** All sets of pods that exclude each other: by anti-affinity against their own kind, or by a host port. */
export function rivalsOf(apart: ApartIndex): Rivals[] {
  const counts = new Map<string, number>();
  const kinds = apart.groups.map(group => ({ key: group.topologyKey, pods: apart.rivalsIn(group) }));
  const ports = [...apart.ports.values()].map(pods => ({ key: null, pods }));
  return [...kinds, ...ports].flatMap(({ key, pods }): Rivals[] => {
    const first = pods.find(({ moves }) => moves);
    if (!first) return [];
    const domainOf = (node: number) => (key === null ? String(node) : apart.domainOf(key, node));
    const name = JSON.stringify([key, first.eligible.key]);
    const domains = counts.get(name) ?? new Set(first.eligible.nodes.map(domainOf)).size;
    counts.set(name, domains);
    // With more domains than pods there is always one left: most sets end here.
    return pods.length >= domains ? [{ pods, domainOf }] : [];
  });
}

/**
 * Pods of a wave's nodes that find no domain of their own while their node is away, wherever the others have gone by
 * then: there are more of them than domains.
 */
export function crowdedOut(
  fit: FitWorld,
  wave: number,
  nodes: ReadonlySet<number>,
  rivals: readonly Rivals[],
): Gathered[] {
  return rivals.flatMap(({ pods, domainOf }) => {
    const isMover = ({ moves, home }: FitPod) => moves && fit.isEmptiedBy(wave, home);
    const movers = pods.filter(isMover);
    const open = new Set(movers.flatMap(({ eligible }) => eligible.nodes));
    const perDomain = new Map<string | undefined, number>();
    for (const node of open) perDomain.set(domainOf(node), (perDomain.get(domainOf(node)) ?? 0) + 1);
    if (perDomain.has(undefined)) return [];
    const taken = new Set(pods.filter(pod => !isMover(pod)).map(({ home }) => domainOf(home)));
    const free = [...perDomain.keys()].filter(domain => !taken.has(domain)).length;
    // Domains, not pods: two that share one in spite of everything may stay there.
    const settled = movers.filter(({ home }) => open.has(home) && !taken.has(domainOf(home)));
    const competing = new Set(settled.map(({ home }) => domainOf(home)));
    return movers
      .filter(({ home }) => nodes.has(home))
      .flatMap((mover): Gathered[] => {
        const own = domainOf(mover.home);
        const isOnlyOne = open.has(mover.home) && perDomain.get(own) === 1 && !taken.has(own);
        const left = free - (isOnlyOne ? 1 : 0);
        if (competing.size + (competing.has(own) ? 0 : 1) <= left) return [];
        const message = `pods must keep apart from ${pods.length - 1} other${pods.length === 2 ? '' : 's'}, and all places left are taken by those: one stays Pending`;
        return [{ code: 'noNodeApart', message, node: fit.nodes[mover.home]?.name ?? '', pod: podName(mover.pod) }];
      });
  });
}
