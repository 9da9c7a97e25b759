import { matchesLabels, type Requirement } from '../../label-selector.ts';
import type { AntiAffinity } from '../../placement.ts';
import { PodIndex, SelectorIndex } from '../selector-index.ts';
import type { FitPod, FitWorld } from './fit-world.ts';

/** Pods that require in the same way to be apart from the same others. */
export interface ApartGroup {
  readonly topologyKey: string;
  readonly selector: readonly Requirement[];
  /** Of the pods to be apart from. */
  readonly namespaces: readonly string[];
  readonly owners: FitPod[];
}

/** Pods that keep others out, by the value of the topology key where they are. */
type Domains = ReadonlyMap<string, readonly FitPod[]>;

/** Required anti-affinity and host ports of all pods, indexed. */
export class ApartIndex {
  readonly groups: readonly ApartGroup[];
  /** Pods by host port. */
  readonly ports: ReadonlyMap<string, readonly FitPod[]>;
  readonly #fit: FitWorld;
  readonly #groupsOf = new Map<FitPod, readonly ApartGroup[]>();
  readonly #selectors: SelectorIndex<ApartGroup>;
  readonly #pods: PodIndex<FitPod>;
  readonly #domains = new Map<ApartGroup, { owners: Domains; targets: Domains }>();

  constructor(fit: FitWorld) {
    this.#fit = fit;
    const all = fit.pods.flat();
    const groups = new Map<string, ApartGroup>();
    const ports = new Map<string, FitPod[]>();
    for (const fitPod of all) {
      for (const port of fitPod.pod.placement.hostPorts) {
        const users = ports.get(port);
        if (users) users.push(fitPod);
        else ports.set(port, [fitPod]);
      }
      for (const term of fitPod.pod.placement.antiAffinity) this.#join(groups, fitPod, term);
    }
    this.groups = [...groups.values()];
    this.ports = ports;
    this.#selectors = new SelectorIndex(this.groups, group => group);
    this.#pods = new PodIndex(all, ({ pod }) => pod);
  }

  /** Says of a node whether pods that remain where they are while the nodes `away` are drained keep the pod off it. */
  barrierFor(fitPod: FitPod, away: readonly number[]): (node: number) => boolean {
    const { hostPorts } = fitPod.pod.placement;
    const foreign = this.#selectors.matching(fitPod.pod).map(group => [group, this.#domainsOf(group).owners] as const);
    const own = this.groupsOf(fitPod).map(group => [group, this.#domainsOf(group).targets] as const);
    const kept = [...foreign, ...own];
    const remains = ({ home, moves, leaves }: FitPod) => !(away.includes(home) && (moves || leaves));
    return node => {
      if (hostPorts.some(port => this.ports.get(port)?.some(({ home }) => home === node))) return true;
      return kept.some(([{ topologyKey }, domains]) => {
        const domain = this.domainOf(topologyKey, node);
        return domain !== undefined && domains.get(domain)?.some(remains) === true;
      });
    };
  }

  /** The groups in which the pod requires to be apart from others. */
  groupsOf(fitPod: FitPod): readonly ApartGroup[] {
    return this.#groupsOf.get(fitPod) ?? [];
  }

  /** Whether two pods may not be on these nodes at once. */
  areApart(a: FitPod, nodeOfA: number, b: FitPod, nodeOfB: number): boolean {
    if (nodeOfA === nodeOfB && a.pod.placement.hostPorts.some(port => b.pod.placement.hostPorts.includes(port))) {
      return true;
    }
    const oneWay = (from: FitPod, to: FitPod) =>
      this.groupsOf(from).some(({ topologyKey, selector, namespaces }) => {
        const [here, there] = [this.domainOf(topologyKey, nodeOfA), this.domainOf(topologyKey, nodeOfB)];
        if (here === undefined || here !== there) return false;
        return namespaces.includes(to.pod.namespace) && matchesLabels(selector, to.pod.labels);
      });
    return oneWay(a, b) || oneWay(b, a);
  }

  /** The pods of a group that keep each other apart: those it is itself about. */
  rivalsIn({ owners, namespaces, selector }: ApartGroup): FitPod[] {
    return owners.filter(({ pod }) => namespaces.includes(pod.namespace) && matchesLabels(selector, pod.labels));
  }

  /** undefined: the node is in no domain of this kind, so nothing is kept apart there. */
  domainOf(topologyKey: string, node: number): string | undefined {
    return this.#fit.nodes[node]?.labels[topologyKey];
  }

  #join(groups: Map<string, ApartGroup>, owner: FitPod, term: AntiAffinity): void {
    const namespaces = term.namespaces.length > 0 ? term.namespaces : [owner.pod.namespace];
    const key = JSON.stringify([term.topologyKey, term.selector, namespaces]);
    const group = groups.get(key) ?? { ...term, namespaces, owners: [] };
    groups.set(key, group);
    group.owners.push(owner);
    this.#groupsOf.set(owner, [...this.groupsOf(owner), group]);
  }

  #domainsOf(group: ApartGroup): { owners: Domains; targets: Domains } {
    const known = this.#domains.get(group);
    if (known) return known;
    const domains = (pods: readonly FitPod[]): Domains => {
      const byValue = new Map<string, FitPod[]>();
      for (const fitPod of pods) {
        const domain = this.domainOf(group.topologyKey, fitPod.home);
        const there = domain === undefined ? undefined : byValue.get(domain);
        if (there) there.push(fitPod);
        else if (domain !== undefined) byValue.set(domain, [fitPod]);
      }
      return byValue;
    };
    const made = { owners: domains(group.owners), targets: domains(this.#pods.matching(group)) };
    this.#domains.set(group, made);
    return made;
  }
}
