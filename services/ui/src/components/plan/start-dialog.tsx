import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import type { Draft } from '../../../../../shared/domain/draft/draft.ts';
import { type Plan, planNodes } from '../../../../../shared/domain/plan.ts';
import { counted, named } from '../../../../../shared/domain/text.ts';
import { send } from '../../lib/http.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { useSending } from '../../lib/sending.ts';
import { beginsWith } from '../../view/plan.ts';
import { Dialog } from '../dialog.tsx';
import { Form } from '../form.tsx';
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
  const { busy, problem, run } = useSending();
  const blockers = draft.preflight?.blockers ?? 0;
  const begin = (fields: FormData) =>
    run(async () => {
      const options = { ignoreBlockers: fields.has('ignoreBlockers'), takeOver: fields.has('takeOver') };
      const { id } = await send<{ readonly id: string }>('POST', '/rollouts', { draft: draft.id, ...options });
      onBegun();
      route(rolloutPath(id));
    });
  return (
    <Dialog title="Start the rollout" onClose={onClose}>
      <Form look="asks" onSend={begin}>
        <WillHappen plan={plan} />
        {blockers > 0 && (
          <Sure name="ignoreBlockers" required>
            Begin although the preflight found {counted(blockers, 'blocker')}: drains may hang there
          </Sure>
        )}
        <details>
          <summary>After the loss of another installation</summary>
          <Sure name="takeOver">Take over clusters that an installation, which is lost for good, still holds</Sure>
        </details>
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button type="submit" class={blockers > 0 ? 'danger' : 'main'} aria-disabled={busy}>
            {busy ? 'Starting…' : `Start with ${counted(planNodes(plan).length, 'node')}`}
          </button>
          <button type="button" onClick={onClose}>
            Not now
          </button>
        </div>
      </Form>
    </Dialog>
  );
}

interface SureProps {
  readonly name: string;
  readonly required?: boolean;
  readonly children: ComponentChildren;
}

function Sure({ name, required = false, children }: SureProps) {
  return (
    <label class="check warning">
      <input type="checkbox" name={name} required={required} />
      <span>{children}</span>
    </label>
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
