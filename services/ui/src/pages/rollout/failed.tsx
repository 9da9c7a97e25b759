import { STEPS } from '../../../../../shared/domain/steps.ts';
import type { NodeCell } from '../../../../../shared/domain/view/cell.ts';
import { ActButton } from '../../components/act.tsx';
import { Since } from '../../components/time.tsx';
import { nodePath } from '../../lib/paths.ts';
import type { RolloutView } from './view.ts';

/** More are found by the filter. */
const MOST = 5;

/** Nodes that have failed, each with what can be done about it; nothing once the rollout has ended. */
export function Failed({ view }: { readonly view: RolloutView }) {
  void view.picture.revision.value;
  const state = view.picture.head.value?.rollout.state;
  if (state === 'done' || state === 'aborted' || state === 'aborting') return null;
  const failed = [...view.picture.cells()].filter(cell => cell.state === 'failed');
  if (failed.length === 0) return null;
  const rest = failed.length - MOST;
  return (
    <section class="card failures" aria-label="Failed nodes">
      <ul>
        {failed.slice(0, MOST).map(cell => (
          <li key={`${cell.cluster}/${cell.node}`}>
            <One view={view} cell={cell} />
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" onClick={() => view.setFilter({ name: 'failed', search: '' })}>
          {rest} more failed
        </button>
      )}
    </section>
  );
}

function One({ view, cell }: { readonly view: RolloutView; readonly cell: NodeCell }) {
  const { cluster, node, step, reason, failure } = cell;
  const of = { cluster, node };
  const endedAtMs = step === null ? null : (cell.steps[STEPS.indexOf(step)]?.[2] ?? null);
  return (
    <>
      <p>
        <a href={nodePath(view.id, cluster, node)}>
          <b>
            ✗ {cluster}/{node}
          </b>
        </a>{' '}
        failed in {step ?? 'the beginning'}
        {endedAtMs !== null && (
          <>
            , <Since atMs={endedAtMs} /> ago
          </>
        )}
        : {reason} {failure !== null && <code>{failure}</code>}
      </p>
      <span class="acts">
        <ActButton rollout={view.id} command={{ kind: 'retry', ...of }} isMain />
        <ActButton rollout={view.id} command={{ kind: 'repaired', ...of }} />
        <ActButton rollout={view.id} command={{ kind: 'skip', ...of }} />
      </span>
    </>
  );
}
