import type { ComponentChildren } from 'preact';
import type { Estimate } from '../../../../../shared/domain/estimate/estimate.ts';
import type { RolloutStatus } from '../../../../../shared/domain/status.ts';
import { about, leftText } from '../../../../../shared/domain/words/estimate.ts';
import { StateBadge } from '../../components/badge.tsx';
import { Instant } from '../../components/time.tsx';
import { now } from '../../lib/clock.ts';
import { type Counts, sumOf } from '../../lib/counts.ts';
import { rolloutPath } from '../../lib/paths.ts';
import type { PictureHead } from '../../lib/picture.ts';
import { Acts } from './acts.tsx';
import { Progress } from './progress.tsx';
import type { RolloutView } from './view.ts';
import { Took } from './wave.tsx';

/** Which rollout, how it stands, how far it is, what is left, and what can be done with all of it. */
export function Header({ view, head }: { readonly view: RolloutView; readonly head: PictureHead }) {
  const { rollout, estimate } = head;
  const counts = sumOf(
    rollout.clusters.flatMap(({ name, waves }) => waves.map(wave => view.picture.counts(name, wave.index).value)),
  );
  const path = rolloutPath(view.id);
  return (
    <header class="card rollout-head">
      <div class="title">
        <h1>
          {rollout.fleet} <span class="mono quiet">{rollout.id}</span>
        </h1>
        <StateBadge state={rollout.state} />
        <Took of={rollout} />
        <nav aria-label="Views of this rollout">
          <a href={`${path}/timeline`}>Timeline</a>
          <a href={`${path}/report`}>Report</a>
        </nav>
      </div>
      <Halted rollout={rollout} />
      <Progress counts={counts} label="All nodes" />
      <Facts rollout={rollout} estimate={estimate} counts={counts} />
      <Acts id={view.id} rollout={rollout} failed={counts.failed} />
    </header>
  );
}

type Rollout = Omit<RolloutStatus, 'nodes'>;

function Halted({ rollout: { halt, state } }: { readonly rollout: Rollout }) {
  if (!halt || state === 'done') return null;
  return (
    <p class="halted">
      {HALTS[state] ?? 'Halted'} by <b>{halt.by}</b> <Instant atMs={halt.atMs} as="ago" />
      {halt.why !== '' && `: ${halt.why}`}
    </p>
  );
}

const HALTS: Readonly<Partial<Record<RolloutStatus['state'], string>>> = {
  paused: 'Paused',
  stopping: 'Told to stop after the open waves',
  aborting: 'Aborting, asked',
  aborted: 'Aborted',
};

interface FactsProps {
  readonly rollout: Rollout;
  readonly estimate: Estimate | null;
  readonly counts: Counts;
}

function Facts({ rollout, estimate, counts }: FactsProps) {
  const open = rollout.clusters.flatMap(({ waves }) => waves.filter(({ state }) => state === 'running'));
  const slots = open.reduce((sum, { concurrency }) => sum + concurrency, 0);
  const { failureBudget, startedAtMs, endedAtMs, state } = rollout;
  return (
    <dl class="facts">
      <Fact name="Settled">
        {counts.done + counts['left-out']} of {counts.total}
      </Fact>
      <Fact name="Slots in use">
        {counts.slots} of {slots}
      </Fact>
      <Fact name="Failure budget used" isBad={counts.failed > failureBudget}>
        {counts.failed} of {failureBudget}
      </Fact>
      <Fact name="Began">
        <Instant atMs={startedAtMs} />
      </Fact>
      {endedAtMs !== null && (
        <Fact name="Ended">
          <Instant atMs={endedAtMs} />
        </Fact>
      )}
      {estimate && (
        <Fact name="Time left" isText>
          {leftOf(state, estimate)}
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly isBad?: boolean;
  /** Rather read than compared. */
  readonly isText?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, isBad = false, isText = false, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isText ? '' : isBad ? 'number bad' : 'number'}>{children}</dd>
    </div>
  );
}

function leftOf(state: RolloutStatus['state'], estimate: Estimate): string {
  const { guessed, known } = estimate;
  const guess = guessed > 0 && known > 0 ? ` (${guessed} of ${guessed + known} nodes are guessed)` : '';
  if (state !== 'running') return `${about(estimate.leftMs)} once it goes on${guess}`;
  return `${leftText(estimate, { nowMs: now.value })}${guess}`;
}
