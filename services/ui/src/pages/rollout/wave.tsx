import { useComputed } from '@preact/signals';
import type { WaveStatus } from '../../../../../shared/domain/status.ts';
import { duration } from '../../../../../shared/domain/time/show.ts';
import { ActButton } from '../../components/act.tsx';
import { StateBadge } from '../../components/badge.tsx';
import { Since } from '../../components/time.tsx';
import { Cells } from './cells.tsx';
import { isOpen, matches } from './model/filter.ts';
import { Progress, Troubles } from './progress.tsx';
import type { RolloutView } from './view.ts';
import { Waits, Warnings } from './waits.tsx';

interface WaveProps {
  readonly view: RolloutView;
  readonly wave: WaveStatus;
  /** Whether its limits may still be changed. */
  readonly isOver: boolean;
}

/** A wave: how far it is, its limits, what it waits for, and its nodes. */
export function Wave({ view, wave, isOver }: WaveProps) {
  const key = `${wave.cluster}/${wave.index}`;
  const counts = view.picture.counts(wave.cluster, wave.index).value;
  const isFiltered = !isOpen(view.filter.value);
  const found = useFound(view, wave);
  if (isFiltered && !found.value) return null;
  const isBusy = wave.state === 'running' || counts.failed > 0 || counts.held > 0 || wave.waiting.length > 0;
  const open = isFiltered || (view.open.value.get(key) ?? isBusy);
  const title = `${wave.cluster} wave ${wave.index + 1}`;
  return (
    <section class={`rollout-wave ${wave.state}`} aria-label={title}>
      <h4>
        <button
          type="button"
          class="fold"
          aria-expanded={open}
          onClick={() => {
            view.open.value = new Map(view.open.peek()).set(key, !open);
          }}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> Wave {wave.index + 1}{' '}
          <span class="quiet">[{wave.name}]</span>
        </button>
        <StateBadge state={wave.state} />
        <Troubles counts={counts} />
        <Progress counts={counts} label={title} />
        <span class="number">
          {counts.done + counts['left-out']}/{counts.total}
        </span>
        <Took of={wave} />
        {wave.state !== 'done' && <Limits view={view} wave={wave} slots={counts.slots} isOver={isOver} />}
      </h4>
      {/* A wave that waits says so even when it is folded. */}
      <Waits waiting={wave.waiting} />
      {open && <Warnings texts={wave.warnings} />}
      {open && <Cells view={view} keys={wave.nodes} label={`Nodes of ${title}`} />}
    </section>
  );
}

function useFound(view: RolloutView, wave: WaveStatus) {
  return useComputed(() => {
    const filter = view.filter.value;
    if (isOpen(filter)) return true;
    void view.picture.revision.value;
    return wave.nodes.some(key => {
      const cell = view.picture.cell(key)?.peek();
      return cell !== undefined && matches(cell, filter);
    });
  });
}

/** How long something took, or takes until now. */
export function Took({
  of,
}: {
  readonly of: { readonly startedAtMs: number | null; readonly endedAtMs: number | null };
}) {
  if (of.startedAtMs === null) return null;
  return (
    <span class="number quiet">
      {of.endedAtMs === null ? <Since atMs={of.startedAtMs} /> : duration(of.endedAtMs - of.startedAtMs)}
    </span>
  );
}

function Limits({ view, wave, slots, isOver }: WaveProps & { readonly slots: number }) {
  const { cluster, index, concurrency, failureBudget } = wave;
  return (
    <span class="limits">
      <span>
        slots{' '}
        <b class="number">
          {slots}/{concurrency}
        </b>
      </span>
      {failureBudget !== null && (
        <span>
          bears <b class="number">{failureBudget}</b> failed
        </span>
      )}
      {!isOver && (
        <ActButton
          rollout={view.id}
          command={{ kind: 'concurrency', cluster, wave: index, concurrency }}
          now={concurrency}
          label="Change"
        />
      )}
    </span>
  );
}
