import { useEffect } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { Draft } from '../../../../shared/domain/draft/draft.ts';
import { Page } from '../components/page.tsx';
import { Compared } from '../components/plan/compared.tsx';
import { DraftHead } from '../components/plan/draft-head.tsx';
import { Findings } from '../components/plan/findings.tsx';
import { PlanView } from '../components/plan/plan-view.tsx';
import { ProblemNote } from '../components/problem.tsx';
import { Since } from '../components/time.tsx';
import { useFetched } from '../lib/fetched.ts';
import { narrowText } from '../view/request.ts';
import '../style/plan.css';

const LOOK_MS = 1_000;

/** One plan that was made on the server, or is being made. */
export function DraftPage() {
  const id = useRoute().params['id'] ?? '';
  const { data, problem, again } = useDraft(id);
  return (
    <Page
      title={data ? `Plan for ${narrowText(data.request.narrow)}` : 'Plan'}
      aside={
        <a class="button" href="/plan">
          Other plans
        </a>
      }
    >
      <ProblemNote problem={problem} onAgain={again} />
      {data && <Body draft={data} onBegun={again} />}
    </Page>
  );
}

/** Looks again each second until it is made. */
function useDraft(id: string) {
  const path = `/drafts/${encodeURIComponent(id)}`;
  const first = useFetched<Draft>(path);
  const making = first.data?.state === 'asked' || first.data?.state === 'making';
  const later = useFetched<Draft>(making ? path : null, LOOK_MS);
  const isMade = later.data?.state === 'ready' || later.data?.state === 'refused';
  useEffect(() => {
    if (isMade) first.again();
  }, [isMade]);
  return { data: later.data ?? first.data, problem: later.problem ?? first.problem, again: first.again };
}

function Body({ draft, onBegun }: { readonly draft: Draft; readonly onBegun: () => void }) {
  if (draft.state === 'refused') return <Refused draft={draft} />;
  if (draft.state !== 'ready' || draft.plan === null) return <Making draft={draft} />;
  return (
    <>
      <DraftHead draft={draft} plan={draft.plan} onBegun={onBegun} />
      <Notes notes={draft.notes} />
      {draft.preflight && <Findings report={draft.preflight} />}
      <Compared comparison={draft.comparison} />
      <PlanView plan={draft.plan} due={draft.due} />
    </>
  );
}

function Making({ draft: { state, askedAtMs, request, fleetFile } }: { readonly draft: Draft }) {
  return (
    <div class="condition busy" role="status">
      <span class="spinner" aria-hidden="true" />
      <div>
        <strong>{state === 'asked' ? `Waits for a scheduler that has ${fleetFile}` : 'Being made'}</strong>
        <p>
          {request.updates ? 'Clusters are read, and every host is asked what is due on it' : 'Clusters are read'}:{' '}
          <Since atMs={askedAtMs} /> so far.
        </p>
      </div>
    </div>
  );
}

function Refused({ draft: { problems, notes } }: { readonly draft: Draft }) {
  return (
    <>
      <div class="problem" role="alert">
        <p>
          <strong>There is no plan.</strong> Nothing was begun; set this right and make it again:
        </p>
        <ul>
          {problems.map(({ code, cluster, node, message }, index) => (
            <li key={index}>
              {[cluster, node].some(Boolean) && <b>{[cluster, node].filter(Boolean).join('/')}: </b>}
              {message} <code>{code}</code>
            </li>
          ))}
        </ul>
      </div>
      <Notes notes={notes} />
    </>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="Notes">
      <h2>Notes</h2>
      <ul>
        {notes.map(note => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}
