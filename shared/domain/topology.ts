import { resolveAmount, type TopologyLimit } from './policy.ts';

/** Nodes that count together, and how many of them may be away. */
export interface Domain {
  /** For people: `zone eu-1a`, `no zone`. */
  readonly name: string;
  readonly max: number;
  readonly nodes: readonly string[];
}

/** A limit over the nodes there are. A node that is in none of the domains is not known, and has to count in each. */
export interface DomainBudget {
  readonly label: string;
  readonly domains: readonly Domain[];
}

/** Sorts nodes into the domains of each limit; those without the label form a domain of their own. */
export function domainBudgets(
  limits: readonly TopologyLimit[],
  nodes: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
): DomainBudget[] {
  return limits.map(({ label, max }) => {
    const short = label.slice(label.lastIndexOf('/') + 1);
    const members = new Map<string | undefined, string[]>();
    for (const { name, labels } of nodes) {
      const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
      members.set(value, [...(members.get(value) ?? []), name]);
    }
    const domains = [...members].map(([value, names]): Domain => {
      const name = value === undefined ? `no ${short}` : `${short} ${value}`;
      return { name, max: resolveAmount(max, names.length), nodes: names.toSorted() };
    });
    return { label, domains: domains.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  });
}
