import type { ClusterOverview } from '../../../../../shared/domain/view/overview.ts';
import type { RolloutSummary } from '../../../../../shared/domain/view/summary.ts';
import { now } from '../../lib/clock.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { days } from '../../view/words.ts';
import { StateBadge } from '../badge.tsx';
import { Instant } from '../time.tsx';
import { AskAgain } from './ask-again.tsx';
import { Kernels } from './kernels.tsx';

interface FactsProps {
  readonly cluster: ClusterOverview;
  /** The one under way; undefined: none. */
  readonly rollout: RolloutSummary | undefined;
}

/** What there is to know of a cluster beside what it needs now. */
export function Facts({ cluster, rollout }: FactsProps) {
  return (
    <dl class="facts">
      {rollout && (
        <>
          <dt>Rollout</dt>
          <dd>
            <a href={rolloutPath(rollout.id)} class="mono">
              {rollout.id}
            </a>{' '}
            <StateBadge state={rollout.state} />
          </dd>
        </>
      )}
      <Due cluster={cluster} />
      <dt>Waves</dt>
      <dd>
        <Waves cluster={cluster} />
      </dd>
      <dt>Window</dt>
      <dd>
        <Window cluster={cluster} />
      </dd>
      <dt>Next start</dt>
      <dd>
        <NextStart cluster={cluster} />
      </dd>
      <dt>Last done</dt>
      <dd>
        {cluster.lastDoneAtMs === null ? (
          <span class="quiet">no whole rollout yet</span>
        ) : (
          <Instant atMs={cluster.lastDoneAtMs} zone={cluster.zone} as="ago" />
        )}
      </dd>
    </dl>
  );
}

function Due({ cluster: { name, due, zone } }: { readonly cluster: ClusterOverview }) {
  if (due === null) {
    return (
      <>
        <dt>Due</dt>
        <dd class="asked">
          <span class="quiet">its hosts were not asked yet</span> <AskAgain clusters={[name]} label="Ask" />
        </dd>
      </>
    );
  }
  return (
    <>
      <dt>Due</dt>
      <dd class="due">
        <Number value={due.updates} words="with updates" />
        <Number value={due.reboots} words="to reboot" />
        {due.unreachable > 0 && <Number value={due.unreachable} words="no answer" bad />}
      </dd>
      <dt>Kernels</dt>
      <dd>
        <Kernels due={due} />
      </dd>
      <dt>Oldest</dt>
      <dd>
        {due.oldestBootAtMs === null ? 'uptime unknown' : `up ${days(now.value - due.oldestBootAtMs)}`}
        {', '}
        {due.oldestPatchAtMs === null ? 'no upgrade known' : `patched ${days(now.value - due.oldestPatchAtMs)} ago`}
      </dd>
      <dt>Asked</dt>
      <dd class="asked">
        <Instant atMs={due.atMs} zone={zone} as="ago" /> <AskAgain clusters={[name]} label="Ask again" />
      </dd>
    </>
  );
}

function Number(props: { readonly value: number; readonly words: string; readonly bad?: boolean }) {
  const look = props.value === 0 ? 'none' : props.bad ? 'bad' : 'some';
  return (
    <span class={`due-number ${look}`}>
      <b class="number">{props.value}</b> {props.words}
    </span>
  );
}

function Waves({ cluster }: { readonly cluster: ClusterOverview }) {
  return (
    <ul class="waves">
      {cluster.waves.map(({ name, sequences, nodes }) => (
        <li key={name} title={cluster.planned ? sequenceText(sequences) : undefined}>
          {name} <span class="quiet number">· {nodes}</span>
        </li>
      ))}
    </ul>
  );
}

function sequenceText(sequences: readonly number[]): string {
  return sequences.length === 0 ? 'without a sequence' : `sequence ${sequences.join(', ')}`;
}

function Window({ cluster: { planned, window, zone } }: { readonly cluster: ClusterOverview }) {
  if (!planned) return <span class="quiet">not known before its first rollout</span>;
  if (window === null) return <span class="quiet">always open</span>;
  const edge = window.open ? window.closesAtMs : window.opensAtMs;
  if (edge === null) return <>{window.open ? 'open, no end in sight' : 'closed, no opening in sight'}</>;
  return (
    <>
      {window.open ? 'open, closes ' : 'closed, opens '}
      <Instant atMs={edge} zone={zone} as="ago" />
    </>
  );
}

function NextStart({ cluster: { nextStart, zone } }: { readonly cluster: ClusterOverview }) {
  if (nextStart === null) return <span class="quiet">no schedule</span>;
  return (
    <>
      <a href="/schedules">{nextStart.schedule}</a> <Instant atMs={nextStart.atMs} zone={zone} as="ago" />
    </>
  );
}
