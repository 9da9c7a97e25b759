import { useRoute } from 'preact-iso';
import type { ClusterSurvey } from '../../../../shared/domain/survey/survey.ts';
import type { ClusterOverview, Overview } from '../../../../shared/domain/view/overview.ts';
import { Away, ConditionLine } from '../components/fleet/cluster-card.tsx';
import { Facts } from '../components/fleet/facts.tsx';
import { Hosts } from '../components/fleet/hosts.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem.tsx';
import { useFetched } from '../lib/fetched.ts';
import { overview } from '../lib/overview.ts';
import { surveyProblem } from '../lib/survey.ts';
import { clusterCondition } from '../view/fleet.ts';
import '../style/fleet.css';

/** One cluster, host by host. */
export function Cluster() {
  const name = useRoute().params['name'] ?? '';
  const seen = overview.value;
  const cluster = seen?.clusters.find(each => each.name === name);
  const askedAtMs = cluster?.due?.atMs ?? null;
  const path = askedAtMs === null ? null : `/clusters/${encodeURIComponent(name)}/due`;
  const { data, problem, again } = useFetched<ClusterSurvey>(path, null, askedAtMs);
  if (seen && !cluster) return <Unknown name={name} />;
  const rollout = seen?.rollouts.find(({ id }) => id === cluster?.rollout);
  const plan = (
    <a class="button" href={`/plan?clusters=${encodeURIComponent(name)}`}>
      Make a plan
    </a>
  );
  return (
    <Page title={name} aside={plan}>
      {seen && cluster && (
        <section class="card cluster-card cluster-page" aria-label="How it stands">
          <Standing cluster={cluster} waiting={seen.waiting} />
          <Facts cluster={cluster} rollout={rollout} />
        </section>
      )}
      <ProblemNote problem={surveyProblem.value} />
      <ProblemNote problem={problem} onAgain={again} />
      {data && <Hosts hosts={data.nodes} cluster={cluster} />}
    </Page>
  );
}

function Standing({ cluster, waiting }: { readonly cluster: ClusterOverview } & Pick<Overview, 'waiting'>) {
  const condition = clusterCondition(cluster, waiting);
  return (
    <>
      <ConditionLine condition={condition} />
      <Away cluster={cluster} isTold={condition.need === 'away'} />
    </>
  );
}

function Unknown({ name }: { readonly name: string }) {
  return (
    <Page title={name}>
      <p>
        No cluster of this name is known. <a href="/">The fleet</a> has those that are.
      </p>
    </Page>
  );
}
