import type { Narrow } from '../../../../../shared/domain/plan-build/narrow.ts';
import { send } from '../../lib/http.ts';
import { useSending } from '../../lib/sending.ts';
import { narrowText } from '../../view/request.ts';
import { newSchedule } from '../../view/schedule.ts';
import { Dialog } from '../dialog.tsx';
import { Form } from '../form.tsx';
import { ProblemNote } from '../problem.tsx';

interface ScheduleDialogProps {
  /** What of the fleet its rollouts are for. */
  readonly narrow: Narrow;
  /** Also after it was added. */
  readonly onClose: () => void;
}

/** Adds a schedule beside those of the fleet file. */
export function ScheduleDialog({ narrow, onClose }: ScheduleDialogProps) {
  const { busy, problem, run } = useSending();
  const add = (fields: FormData) =>
    run(async () => {
      await send('POST', '/schedules', newSchedule(Object.fromEntries(fields), narrow));
      onClose();
    });
  return (
    <Dialog title="Add a schedule" onClose={onClose}>
      <Form look="asks" onSend={add}>
        <p>
          At each of its times a plan is made anew for <b>{narrowText(narrow)}</b> and its rollout begins, if the
          preflight finds nothing against it.
        </p>
        <When />
        <How />
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button type="submit" class="main" aria-disabled={busy}>
            {busy ? 'Adding…' : 'Add'}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </Form>
    </Dialog>
  );
}

function When() {
  return (
    <div class="fields">
      <label>
        Name
        <input
          name="name"
          required
          pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
          maxLength={63}
          placeholder="weekly"
          autoComplete="off"
        />
      </label>
      <label>
        Minute, hour, day, month, weekday
        <input name="cron" required defaultValue="0 22 * * wed" class="mono" autoComplete="off" spellcheck={false} />
        <span class="quiet">as in cron: Wednesdays at 22:00</span>
      </label>
      <label>
        By the clocks of
        <input
          name="timeZone"
          required
          defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone}
          autoComplete="off"
          spellcheck={false}
        />
      </label>
    </div>
  );
}

function How() {
  return (
    <div class="fields">
      <label>
        What is done
        <select name="mode">
          <option value="roll">upgrade, and reboot where it is due</option>
          <option value="watch">only nodes that ask for a reboot</option>
        </select>
      </label>
      <label>
        Starts if
        <select name="onlyIf">
          <option value="">always</option>
          <option value="either">a host has updates or asks for a reboot</option>
          <option value="updates">a host has updates</option>
          <option value="reboots">a host asks for a reboot</option>
        </select>
      </label>
      <label>
        While a rollout holds its clusters
        <select name="overlap">
          <option value="skip">leave the start out</option>
          <option value="queue">let it wait</option>
        </select>
      </label>
      <label>
        Make a missed start up within
        <input name="catchUp" placeholder="not at all" autoComplete="off" pattern="\d+[a-z]+(\d+[a-z]+)*" />
        <span class="quiet">such as 2h</span>
      </label>
    </div>
  );
}
