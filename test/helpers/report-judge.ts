import type { WorldEntry } from '../../services/simulator/world.ts';
import type { PackageChange } from '../../shared/domain/proof.ts';
import type { NodeReport, RolloutReport } from '../../shared/domain/report/report.ts';

/** What the world's own log says of a node, as a report has it. */
interface Seen {
  readonly changes: readonly PackageChange[];
  readonly reboots: number;
  readonly evicted: readonly string[];
  readonly kernelAfter: string | null;
}

/** What a report of a whole rollout that went well says other than the log of the simulated world, in words; empty: nothing. */
export function judgeReport(report: RolloutReport, entries: readonly WorldEntry[]): string[] {
  const wrong = report.nodes.flatMap(node => {
    const own = entries.filter(entry => entry.cluster === node.cluster && entry.node === node.node);
    const name = `${node.cluster}/${node.node}`;
    return [...differences(node, own), ...timesWrong(node, own)].map(text => `${name}: ${text}`);
  });
  const known = new Set(report.nodes.map(({ cluster, node }) => `${cluster}/${node}`));
  const strangers = entries.filter(({ cluster, node }) => !known.has(`${cluster}/${node}`));
  return [...wrong, ...new Set(strangers.map(({ cluster, node }) => `${cluster}/${node} is missing`))];
}

function seenOf(own: readonly WorldEntry[]): Seen {
  const details = (act: WorldEntry['act']) => own.filter(entry => entry.act === act).map(({ detail }) => detail);
  return {
    changes: details('upgraded')
      .flatMap(({ changes }) => changes as PackageChange[])
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    reboots: details('reboot').length,
    evicted: details('evict')
      .map(({ pod }) => String(pod))
      .sort(),
    kernelAfter: (details('up').at(-1)?.['kernel'] as string | undefined) ?? null,
  };
}

function differences(node: NodeReport, own: readonly WorldEntry[]): string[] {
  const seen = seenOf(own);
  const told: Seen = {
    changes: node.changes,
    reboots: node.reboots,
    evicted: node.evicted.toSorted(),
    // The log tells of a kernel only when the machine comes up.
    kernelAfter: seen.kernelAfter === null ? null : node.kernelAfter,
  };
  const fields = (Object.keys(seen) as (keyof Seen)[]).filter(
    field => JSON.stringify(told[field]) !== JSON.stringify(seen[field]),
  );
  const unbooted =
    seen.reboots === 0 && node.kernelBefore !== node.kernelAfter ? ['another kernel without a reboot'] : [];
  return [
    ...fields.map(field => `${field}: ${JSON.stringify(told[field])}, really ${JSON.stringify(seen[field])}`),
    ...unbooted,
  ];
}

/** What is told to have lasted holds what happened meanwhile, and lasts no longer than the node was away. */
function timesWrong(node: NodeReport, own: readonly WorldEntry[]): string[] {
  const at = (act: WorldEntry['act']) => own.filter(entry => entry.act === act).map(entry => Date.parse(entry.at));
  const [[cordon], [uncordon], [down], [up]] = [at('cordon'), at('uncordon'), at('down'), at('up')];
  const { claimedAtMs, endedAtMs, cordonedMs, downtimeMs } = node;
  const awayMs = (endedAtMs ?? 0) - (claimedAtMs ?? 0);
  const outside = ['cordon', 'upgrade', 'upgraded', 'reboot', 'uncordon'] as const;
  const acts = outside.flatMap(at).filter(ms => ms < (claimedAtMs ?? 0) || ms > (endedAtMs ?? 0));
  return [
    ...(acts.length > 0 ? ['something was done to it before it was taken or after its end'] : []),
    ...spanWrong('cordoned', cordonedMs, awayMs, cordon, uncordon),
    ...spanWrong('down', downtimeMs, awayMs, down, up),
  ];
}

function spanWrong(
  what: string,
  toldMs: number | null,
  mostMs: number,
  from: number | undefined,
  to: number | undefined,
): string[] {
  if (from === undefined || to === undefined) return toldMs === null ? [] : [`was never ${what}, told: ${toldMs} ms`];
  const really = to - from;
  if (toldMs !== null && toldMs >= really && toldMs <= mostMs) return [];
  return [`${what} for ${toldMs} ms, really ${really} ms of at most ${mostMs} ms`];
}
