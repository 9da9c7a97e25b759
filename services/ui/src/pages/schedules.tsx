import { useState } from 'preact/hooks';
import { NOT_NARROWED } from '../../../../shared/domain/plan-build/narrow.ts';
import type { Overview } from '../../../../shared/domain/view/overview.ts';
import { Page } from '../components/page.tsx';
import { Choices } from '../components/plan/choices.tsx';
import { RoleButton } from '../components/role-button.tsx';
import { ScheduleCard } from '../components/schedules/schedule-card.tsx';
import { ScheduleDialog } from '../components/schedules/schedule-dialog.tsx';
import { overview } from '../lib/overview.ts';
import { may } from '../lib/person.ts';
import '../style/schedules.css';

/** Rollouts that begin by themselves. */
export function Schedules() {
  const seen = overview.value;
  if (!seen) return <Page title="Schedules">{null}</Page>;
  const sorted = seen.schedules.toSorted(
    (a, b) => (a.nextMs ?? Number.POSITIVE_INFINITY) - (b.nextMs ?? Number.POSITIVE_INFINITY),
  );
  return (
    <Page title="Schedules">
      {sorted.length === 0 && (
        <p>
          There is none yet. Write some under <code>schedules</code> in the fleet file, or add one here.
        </p>
      )}
      <div class="schedules">
        {sorted.map(schedule => (
          <ScheduleCard key={schedule.name} schedule={schedule} rollouts={seen.rollouts} />
        ))}
      </div>
      <Add seen={seen} />
    </Page>
  );
}

function Add({ seen }: { readonly seen: Overview }) {
  const [clusters, setClusters] = useState<readonly string[]>([]);
  const [adding, setAdding] = useState(false);
  return (
    <section class="card add" aria-labelledby="add-schedule">
      <h2 id="add-schedule">Add one</h2>
      {may('admin') && (
        <Choices
          legend="Clusters"
          hint="None chosen: the whole fleet"
          choices={seen.clusters.map(({ name, stage }) => ({ name, more: stage === name ? '' : stage }))}
          chosen={clusters}
          onChange={setClusters}
        />
      )}
      <div class="buttons">
        <RoleButton needs="admin" onClick={() => setAdding(true)}>
          Add a schedule…
        </RoleButton>
        {!may('admin') && <span class="quiet">Only admins add and remove schedules.</span>}
      </div>
      {adding && <ScheduleDialog narrow={{ ...NOT_NARROWED, clusters }} onClose={() => setAdding(false)} />}
    </section>
  );
}
