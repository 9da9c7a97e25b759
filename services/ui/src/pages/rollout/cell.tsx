import type { ReadonlySignal } from '@preact/signals';
import { STEPS } from '../../../../../shared/domain/steps.ts';
import { duration } from '../../../../../shared/domain/time/show.ts';
import type { NodeCell } from '../../../../../shared/domain/view/cell.ts';
import { now } from '../../lib/clock.ts';
import { nodePath } from '../../lib/paths.ts';
import { type Look, labelOf, lookOf, warningText } from './model/look.ts';
import { StepsStrip } from './steps-strip.tsx';
import type { Usual } from './usual.ts';

/** What every cell needs. */
export interface CellProps {
  readonly rollout: string;
  readonly of: ReadonlySignal<NodeCell>;
  readonly usual: Usual;
  /** Whether the tab key comes to it: one of its group. */
  readonly isFirst: boolean;
}

/** A node with its step, time and note, all of it a link. Only what is away is drawn anew as time goes by. */
export function Cell({ rollout, of, usual, isFirst }: CellProps) {
  const cell = of.value;
  const nowMs = cell.state === 'claimed' || cell.state === 'failed' ? now.value : now.peek();
  const look = lookOf(cell, usual(cell.cluster), nowMs);
  return (
    <div class={`cell ${look.group}${look.isOver ? ' over' : ''}`}>
      <span class="cell-head">
        <span class="sign" aria-hidden="true">
          {look.sign}
        </span>
        <a
          class="cell-name"
          data-cell={cell.node}
          href={nodePath(rollout, cell.cluster, cell.node)}
          tabIndex={isFirst ? 0 : -1}
          aria-label={labelOf(cell, look)}
        >
          {cell.node}
        </a>
      </span>
      <CellBody cell={cell} look={look} />
    </div>
  );
}

/** What is in a cell below the name; {@link labelOf} says the same. */
export function CellBody({ cell, look }: { readonly cell: NodeCell; readonly look: Look }) {
  const { tookMs, usualMs } = look;
  return (
    <span class="cell-body" aria-hidden="true">
      <StepsStrip steps={cell.steps} at={cell.step === null ? -1 : STEPS.indexOf(cell.step)} />
      <span class="cell-foot">
        <span>{look.word}</span>
        <span class="number">
          {tookMs !== null && duration(tookMs)}
          {usualMs !== null && <span class="usual"> / {duration(usualMs)}</span>}
          {look.isOver && <b> slow</b>}
        </span>
      </span>
      {(cell.controlPlane || cell.warnings > 0) && (
        <span class="cell-tags">
          {cell.controlPlane && <span class="tag">control plane</span>}
          {cell.warnings > 0 && <span class="tag wait">{warningText(cell.warnings)}</span>}
        </span>
      )}
      {look.note !== '' && <span class="cell-note">{look.note}</span>}
    </span>
  );
}
