import { send } from '../../lib/http.ts';
import { useSending } from '../../lib/sending.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemNote } from '../problem.tsx';

/** Asks whether a schedule is to be taken away, and does it. */
export function RemoveDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { problem, run } = useSending();
  const remove = () =>
    run(async () => {
      await send('DELETE', `/schedules/${encodeURIComponent(name)}`);
      onClose();
    });
  return (
    <Dialog title={`Remove ${name}`} onClose={onClose}>
      <p>It starts no further rollout. What it began goes on, and stays in the history.</p>
      <ProblemNote problem={problem} />
      <div class="buttons">
        <button type="button" class="danger" onClick={remove}>
          Remove
        </button>
        <button type="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}
