import type { DraftSummary } from '../../../../../shared/domain/draft/draft.ts';
import { counted } from '../../../../../shared/domain/text.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { narrowText } from '../../view/request.ts';
import { Badge } from '../badge.tsx';
import { type Column, Table } from '../table.tsx';
import { Instant } from '../time.tsx';

/** The plans made lately. */
export function Drafts({ drafts }: { readonly drafts: readonly DraftSummary[] }) {
  if (drafts.length === 0) return null;
  return (
    <section aria-label="Plans made lately">
      <h2>Made lately</h2>
      <Table label="Plans made lately" columns={COLUMNS} rows={drafts} keyOf={({ id }) => id} piece={10} />
    </section>
  );
}

const COLUMNS: readonly Column<DraftSummary>[] = [
  {
    name: 'Asked for',
    cell: ({ id, askedAtMs }) => (
      <a href={`/plan/${id}`}>
        <Instant atMs={askedAtMs} />
      </a>
    ),
  },
  { name: 'By', cell: ({ by }) => by },
  { name: 'For', cell: ({ request }) => narrowText(request.narrow) },
  { name: 'State', cell: draft => <State draft={draft} /> },
  { name: 'Nodes', look: 'number', cell: ({ state, nodes }) => state === 'ready' && nodes },
];

function State({ draft: { state, blockers, problems, rollout } }: { readonly draft: DraftSummary }) {
  if (rollout !== null) {
    return (
      <>
        <Badge tone="good">began</Badge> <a href={rolloutPath(rollout)}>{rollout}</a>
      </>
    );
  }
  if (state === 'refused') {
    return (
      <>
        <Badge tone="bad">refused</Badge> {counted(problems.length, 'problem')}
      </>
    );
  }
  if (state !== 'ready') return <Badge tone="busy">{state === 'asked' ? 'asked for' : 'being made'}</Badge>;
  return blockers > 0 ? <Badge tone="bad">{counted(blockers, 'blocker')}</Badge> : <Badge tone="good">ready</Badge>;
}
