import { useRoute } from 'preact-iso';
import type { RolloutReport } from '../../../../shared/domain/report/report.ts';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem.tsx';
import { Deviations, LeftOut, Open } from '../components/report/deviations.tsx';
import { Nodes } from '../components/report/nodes.tsx';
import { Packages } from '../components/report/packages.tsx';
import { Summary } from '../components/report/summary.tsx';
import { Waves } from '../components/report/waves.tsx';
import { useFetched } from '../lib/fetched.ts';
import { API } from '../lib/http.ts';
import { rolloutPath } from '../lib/paths.ts';
import '../style/report.css';

/** What a rollout did, for the change record: to be read, printed and kept. */
export function Report() {
  const id = useRoute().params['id'] ?? '';
  const path = `${rolloutPath(id)}/report`;
  const { data, problem, again } = useFetched<RolloutReport>(path);
  return (
    <Page title={`Report of ${id}`} aside={data && <Keep path={path} id={id} onAgain={again} />}>
      <ProblemNote problem={problem} onAgain={again} />
      {!data && !problem && <p class="quiet">The report is being put together…</p>}
      {data && <Body report={data} />}
    </Page>
  );
}

function Body({ report }: { readonly report: RolloutReport }) {
  return (
    <div class="report">
      <Summary report={report} />
      <Waves report={report} />
      <Deviations report={report} />
      <Open report={report} />
      <Nodes report={report} />
      <Packages report={report} />
      <LeftOut report={report} />
    </div>
  );
}

interface KeepProps {
  readonly path: string;
  readonly id: string;
  readonly onAgain: () => void;
}

function Keep({ path, id, onAgain }: KeepProps) {
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);
  return (
    <div class="buttons unprinted">
      <a class="button" href={rolloutPath(id)}>
        Rollout
      </a>
      <button type="button" onClick={() => print()}>
        Print
      </button>
      <a class="button" href={`${API}${path}?format=markdown&zone=${zone}`} download={`${id}.md`}>
        Markdown
      </a>
      <a class="button" href={`${API}${path}?format=json`} download={`${id}.json`}>
        JSON
      </a>
      <button type="button" onClick={onAgain}>
        Refresh
      </button>
    </div>
  );
}
