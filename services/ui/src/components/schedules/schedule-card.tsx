import { useState } from 'preact/hooks';
import type { StartRecord } from '../../../../../shared/domain/schedule.ts';
import type { ScheduleOverview } from '../../../../../shared/domain/view/overview.ts';
import type { RolloutSummary } from '../../../../../shared/domain/view/summary.ts';
import { send } from '../../lib/http.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { useSending } from '../../lib/sending.ts';
import { startText } from '../../view/schedule.ts';
import { Badge } from '../badge.tsx';
import { ProblemNote } from '../problem.tsx';
import { RoleButton } from '../role-button.tsx';
import { Instant } from '../time.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

/** So many starts are shown before one asks for more. */
const SHOWN = 4;

interface ScheduleCardProps {
  readonly schedule: ScheduleOverview;
  readonly rollouts: readonly RolloutSummary[];
}

/** A schedule: when it starts next, what came of its last starts, and what can be done with it. */
export function ScheduleCard({ schedule, rollouts }: ScheduleCardProps) {
  const { name, cron, zone, mode, nextMs, clusters, starts } = schedule;
  const id = `schedule-${name}`;
  return (
    <article class="card schedule" aria-labelledby={id}>
      <header>
        <h2 id={id}>{name}</h2>
        <span class="quiet">{mode === 'watch' ? 'only nodes that ask for a reboot' : 'upgrades'}</span>
      </header>
      <p class="next">
        {nextMs === null ? (
          <strong>No further start</strong>
        ) : (
          <>
            <strong>
              <Instant atMs={nextMs} zone={zone} as="ago" />
            </strong>{' '}
            <span class="quiet">
              <Instant atMs={nextMs} zone={zone} />
            </span>
          </>
        )}
      </p>
      <dl class="facts">
        <dt>Times</dt>
        <dd>
          <code>{cron}</code> <span class="quiet">{zone}</span>
        </dd>
        <dt>Clusters</dt>
        <dd>{clusters.length === 0 ? <span class="quiet">not known yet</span> : clusters.join(', ')}</dd>
        <dt>From</dt>
        <dd>
          <Origin schedule={schedule} />
        </dd>
      </dl>
      <Starts starts={starts} zone={zone} rollouts={rollouts} />
      <Acts schedule={schedule} />
    </article>
  );
}

function Origin({ schedule: { origin, by, fleetFile } }: { readonly schedule: ScheduleOverview }) {
  const file = <span class="mono">{fleetFile}</span>;
  if (origin === 'file') return <>the fleet file {file}</>;
  return (
    <>
      {by}, by hand, for {file}
    </>
  );
}

interface StartsProps {
  readonly starts: readonly StartRecord[];
  readonly zone: string;
  readonly rollouts: readonly RolloutSummary[];
}

function Starts({ starts, zone, rollouts }: StartsProps) {
  if (starts.length === 0) return <p class="quiet">It has not started yet.</p>;
  const items = starts.map(start => <Start key={start.dueMs} start={start} zone={zone} rollouts={rollouts} />);
  return (
    <div class="starts">
      <h3>Last starts</h3>
      <ul>{items.slice(0, SHOWN)}</ul>
      {items.length > SHOWN && (
        <details>
          <summary>Earlier ones</summary>
          <ul>{items.slice(SHOWN)}</ul>
        </details>
      )}
    </div>
  );
}

function Start(props: Omit<StartsProps, 'starts'> & { readonly start: StartRecord }) {
  const { start, zone, rollouts } = props;
  const rollout = start.outcome?.kind === 'started' ? start.outcome.rollout : null;
  const { word, tone, text } = startText(
    start,
    rollouts.find(({ id }) => id === rollout),
  );
  return (
    <li>
      <Badge tone={tone}>{word}</Badge>{' '}
      {rollout === null ? (
        <Instant atMs={start.dueMs} zone={zone} />
      ) : (
        <a href={rolloutPath(rollout)}>
          <Instant atMs={start.dueMs} zone={zone} />
        </a>
      )}
      <span class="quiet">
        {start.by !== '' && ` by ${start.by}`}
        {text !== '' && ` · ${text}`}
      </span>
    </li>
  );
}

function Acts({ schedule: { name, origin } }: { readonly schedule: ScheduleOverview }) {
  const { problem, run } = useSending();
  const [said, setSaid] = useState('');
  const [removing, setRemoving] = useState(false);
  const start = () =>
    run(async () => {
      await send('POST', `/schedules/${encodeURIComponent(name)}/runs`);
      setSaid('It starts: what comes of it is among its starts.');
    });
  return (
    <>
      <ProblemNote problem={problem} />
      <div class="buttons">
        <RoleButton needs="operator" label={`Run now: ${name}`} onClick={start}>
          Run now
        </RoleButton>
        <RoleButton
          needs="admin"
          label={`Remove…: ${name}`}
          hindered={origin === 'file' ? 'It is written in the fleet file: take it out there' : ''}
          onClick={() => setRemoving(true)}
        >
          Remove…
        </RoleButton>
        <span role="status" class="quiet">
          {said}
        </span>
      </div>
      {removing && <RemoveDialog name={name} onClose={() => setRemoving(false)} />}
    </>
  );
}
