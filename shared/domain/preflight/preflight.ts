import { type Plan, type PlanCluster, planClusters } from '../plan.ts';
import { BudgetJudge } from './budgets.ts';
import { FINDING_CODES, FINDINGS, type PreflightPolicy } from './codes.ts';
import type { PreflightFacts } from './facts.ts';
import type { ClusterFindings, Discovery, Finding, PreflightReport } from './finding.ts';
import { FitJudge } from './fit/findings.ts';
import { kuredFindings } from './kured.ts';
import { podFindings } from './pods.ts';
import { quorumFindings } from './quorum.ts';
import { preflightWorld } from './world.ts';

/** Looks, wave by wave, for what would stop or harm a drain of the plan. `facts`: by cluster; pure. */
export function preflight(plan: Plan, facts: ReadonlyMap<string, PreflightFacts>): PreflightReport {
  const clusters = planClusters(plan).flatMap(cluster => {
    const known = facts.get(cluster.name);
    return known ? [clusterFindings(plan, cluster, known)] : [];
  });
  const all = clusters.flatMap(({ waves }) => waves.flatMap(({ findings }) => findings));
  const blockers = all.filter(({ level }) => level === 'block').length;
  return { blockers, warnings: all.length - blockers, clusters };
}

function clusterFindings(plan: Plan, cluster: PlanCluster, facts: PreflightFacts): ClusterFindings {
  const world = preflightWorld(cluster, plan.policies, facts);
  const fit = new FitJudge(world);
  const budgets = new BudgetJudge(facts.budgets);
  const waves = cluster.waves.map(wave => {
    const drained = wave.nodes.flatMap(node => world.drained.get(node.name) ?? []);
    const { discoveries, nowhere } = fit.judge(wave.index, wave.concurrency, drained);
    const stuck = new Set([...nowhere].map(({ pod }) => pod));
    const found = [
      ...budgets.judge(drained, stuck),
      ...podFindings(drained),
      ...discoveries,
      ...kuredFindings(cluster, wave, plan.policies, facts),
      ...quorumFindings(cluster, wave, plan.policies, facts),
    ];
    return { wave: wave.index, name: wave.name, findings: weighed(found, cluster.policy.preflight) };
  });
  return { cluster: cluster.name, waves };
}

/** What the policy lets through, blockers first, then in the order of the catalogue. */
function weighed(found: readonly Discovery[], policy: PreflightPolicy): Finding[] {
  const findings = found.flatMap((discovery): Finding[] => {
    const level = policy[discovery.code];
    return level === 'ignore' ? [] : [{ ...discovery, level, todo: FINDINGS[discovery.code].todo }];
  });
  const order = new Map(FINDING_CODES.map((code, index) => [code, index]));
  const rank = ({ level, code }: Finding) => (level === 'block' ? 0 : FINDING_CODES.length) + (order.get(code) ?? 0);
  return findings.sort((a, b) => rank(a) - rank(b));
}
