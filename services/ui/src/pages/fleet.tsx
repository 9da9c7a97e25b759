import { counted } from '../../../../shared/domain/text.ts';
import type { Overview } from '../../../../shared/domain/view/overview.ts';
import { AskAgain } from '../components/fleet/ask-again.tsx';
import { ClusterCard, ConditionLine } from '../components/fleet/cluster-card.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem.tsx';
import { RolloutProgress } from '../components/rollout-progress.tsx';
import { overview } from '../lib/overview.ts';
import { surveyProblem } from '../lib/survey.ts';
import { byNeed, fleetCondition, fleetTotals } from '../view/fleet.ts';
import { isOver } from '../view/needs.ts';
import '../style/fleet.css';

/** Every cluster that is known: a page to leave open on the wall. */
export function Fleet() {
  const seen = overview.value;
  return (
    <Page title="Fleet" aside={seen && seen.clusters.length > 0 && <AskAll seen={seen} />}>
      {seen && <Standing seen={seen} />}
      <ProblemNote problem={surveyProblem.value} />
      {seen && (seen.clusters.length === 0 ? <Nothing /> : <Clusters seen={seen} />)}
    </Page>
  );
}

function AskAll({ seen }: { readonly seen: Overview }) {
  return (
    <div class="buttons">
      <AskAgain clusters={seen.clusters.map(({ name }) => name)} label="Ask all hosts" />
      <a class="button" href="/plan">
        Make a plan
      </a>
    </div>
  );
}

function Standing({ seen }: { readonly seen: Overview }) {
  const totals = fleetTotals(seen.clusters);
  const isAsked = totals.unasked < seen.clusters.length;
  const going = seen.rollouts.filter(rollout => !isOver(rollout));
  return (
    <section class="standing" aria-label="How the fleet stands">
      <ConditionLine condition={fleetCondition(seen)} />
      <ul class="figures">
        <Figure
          value={totals.nodes}
          words={`${totals.nodes === 1 ? 'node' : 'nodes'} in ${counted(seen.clusters.length, 'cluster')}`}
        />
        <Figure value={totals.away} words="away now" />
        {isAsked && <Figure value={totals.updates} words="with updates" />}
        {isAsked && <Figure value={totals.reboots} words="reboots due" />}
        {totals.unreachable > 0 && <Figure value={totals.unreachable} words="did not answer" />}
        {totals.unasked > 0 && (
          <Figure
            value={totals.unasked}
            words={`${totals.unasked === 1 ? 'cluster' : 'clusters'} not asked what is due`}
          />
        )}
      </ul>
      {going.map(rollout => (
        <RolloutProgress key={rollout.id} rollout={rollout} />
      ))}
    </section>
  );
}

function Figure({ value, words }: { readonly value: number; readonly words: string }) {
  return (
    <li>
      <b class="number">{value}</b> <span class="quiet">{words}</span>
    </li>
  );
}

function Clusters({ seen }: { readonly seen: Overview }) {
  const fleets = [...new Set(seen.clusters.map(({ fleet }) => fleet))];
  const sorted = byNeed(seen);
  return (
    <>
      {fleets.map(fleet => (
        <section key={fleet} aria-label={`Fleet ${fleet}`}>
          {fleets.length > 1 && <h2>{fleet}</h2>}
          <div class="clusters">
            {sorted
              .filter(([cluster]) => cluster.fleet === fleet)
              .map(([cluster, condition]) => (
                <ClusterCard
                  key={cluster.name}
                  cluster={cluster}
                  condition={condition}
                  rollout={seen.rollouts.find(({ id }) => id === cluster.rollout)}
                />
              ))}
          </div>
        </section>
      ))}
    </>
  );
}

function Nothing() {
  return (
    <section class="card empty">
      <h2>No cluster is known yet</h2>
      <p>
        Clusters appear here once their hosts were asked what is due, or a rollout was begun: start nodetide with a
        fleet file (<code>nodetide up -f fleet.yaml</code>), then <a href="/plan">make a plan</a>.
      </p>
    </section>
  );
}
