import { useLocation } from 'preact-iso';
import type { Draft, DraftRequest, DraftSummary } from '../../../../shared/domain/draft/draft.ts';
import type { Planner } from '../../../../shared/domain/draft/planner.ts';
import { Page } from '../components/page.tsx';
import { Drafts } from '../components/plan/drafts.tsx';
import { RequestForm } from '../components/plan/request-form.tsx';
import { ProblemNote } from '../components/problem.tsx';
import { useFetched } from '../lib/fetched.ts';
import { send } from '../lib/http.ts';
import { useSending } from '../lib/sending.ts';
import '../style/plan.css';

interface DraftList {
  readonly drafts: readonly DraftSummary[];
  readonly planners: readonly Planner[];
}

/** Has plans made, which nothing begins by. */
export function PlanPage() {
  const { query, route } = useLocation();
  const { data, problem, again } = useFetched<DraftList>('/drafts', 10_000);
  const { busy, problem: refused, run } = useSending();
  const ask = (request: DraftRequest) =>
    run(async () => route(`/plan/${(await send<Draft>('POST', '/drafts', request)).id}`));
  const chosen = (query['clusters'] ?? '').split(',').filter(name => name !== '');
  return (
    <Page title="Plan">
      <ProblemNote problem={problem} onAgain={again} />
      {data && <Planners planners={data.planners} />}
      {data && <RequestForm planners={data.planners} chosen={chosen} busy={busy} onAsk={ask} />}
      <ProblemNote problem={refused} />
      {data && <Drafts drafts={data.drafts} />}
    </Page>
  );
}

function Planners({ planners }: { readonly planners: readonly Planner[] }) {
  if (planners.length === 0) {
    return (
      <p class="problem">
        No scheduler with a fleet file is running, so no plan can be made: start one with{' '}
        <code>nodetide up -f fleet.yaml</code>.
      </p>
    );
  }
  const wrong = planners.filter(({ problems }) => problems.length > 0);
  return (
    <>
      {wrong.map(({ id, fleetFile, problems }) => (
        <div key={id} class="problem" role="alert">
          <p>
            <code>{fleetFile}</code> is wrong now; no plan can be made from it:
          </p>
          <ul>
            {problems.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}
