import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Draft } from '../../../../../shared/domain/draft/draft.ts';
import { type Plan, planNodes } from '../../../../../shared/domain/plan.ts';
import { type ApiProblem, problemOf, send } from '../../lib/http.ts';
import { beginsWith } from '../../view/plan.ts';
import { counted, named } from '../../view/words.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemNote } from '../problem.tsx';

interface StartDialogProps {
  readonly draft: Draft;
  readonly plan: Plan;
  readonly onClose: () => void;
  readonly onBegun: () => void;
}

/** Says what will happen, and begins the rollout of a plan. */
export function StartDialog({ draft, plan, onClose, onBegun }: StartDialogProps) {
  const { route } = useLocation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const blockers = draft.preflight?.blockers ?? 0;
  const begin = async (form: FormData): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const options = { ignoreBlockers: form.has('ignoreBlockers'), takeOver: form.has('takeOver') };
    try {
      const { id } = await send<{ readonly id: string }>('POST', '/rollouts', { draft: draft.id, ...options });
      onBegun();
      route(`/rollouts/${encodeURIComponent(id)}`);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Start the rollout" onClose={onClose}>
      <form
        class="asks"
        onSubmit={event => {
          event.preventDefault();
          void begin(new FormData(event.currentTarget));
        }}
      >
        <WillHappen plan={plan} />
        {blockers > 0 && (
          <label class="check warning">
            <input type="checkbox" name="ignoreBlockers" required />
            Begin although the preflight found {counted(blockers, 'blocker')}: drains may hang there
          </label>
        )}
        {problem?.code === 'clusters-held' && (
          <label class="check warning">
            <input type="checkbox" name="takeOver" />
            Take over clusters that another installation, which is lost, still holds
          </label>
        )}
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button type="submit" class={blockers > 0 ? 'danger' : 'main'} aria-disabled={busy}>
            {busy ? 'Starting…' : `Start with ${counted(planNodes(plan).length, 'node')}`}
          </button>
          <button type="button" onClick={onClose}>
            Not now
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function WillHappen({ plan }: { readonly plan: Plan }) {
  const asks = plan.stages.filter(({ approval }) => approval !== undefined).map(({ name }) => name);
  return (
    <>
      <p>
        This drains, upgrades and, where it is due, reboots {counted(planNodes(plan).length, 'node')}, wave by wave,
        stage by stage ({plan.stages.map(({ name }) => name).join(' → ')}).
      </p>
      <p>It begins at once, as soon as windows and gates allow it, with</p>
      <ul>
        {beginsWith(plan).map(({ cluster, nodes }) => (
          <li key={cluster}>
            <b>{cluster}</b>: {named(nodes, 6)}
          </li>
        ))}
      </ul>
      <p class="quiet">
        {asks.length > 0 && `It asks before stage ${asks.join(' and ')}. `}
        It can be paused, stopped or aborted at any time.
      </p>
    </>
  );
}
