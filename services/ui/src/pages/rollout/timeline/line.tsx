import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { nodePath } from '../../../lib/paths.ts';
import { type Scale, xOf } from './axis.ts';
import type { NodeLine, WaveLine } from './lines.ts';
import { barText, nodeText } from './text.ts';

const shown = signal<NodeLine | null>(null);

function showRow(line: NodeLine): void {
  shown.value = line;
}

/** The times of the node that was pointed at or focused last; its link says the same. */
export function RowDetail() {
  const line = shown.value;
  return (
    <p class="tl-detail" aria-hidden="true">
      {line ? nodeText(line) : <span class="quiet">Point at a node, or focus it, to see its times.</span>}
    </p>
  );
}

interface NodeRowProps {
  readonly rollout: string;
  readonly line: NodeLine;
  readonly top: number;
  readonly index: number;
  readonly scale: Scale;
}

/** A node: its name, and its steps as bars. Drawn anew only when it is another line, or stands elsewhere: scrolling is not. */
export function NodeRow(props: NodeRowProps) {
  const { line, top, scale } = props;
  return useMemo(() => drawn(props), [line, top, scale.fromMs, scale.pxPerMs]);
}

function drawn({ rollout, line, top, index, scale }: NodeRowProps) {
  const { cell } = line;
  return (
    <div
      class={`tl-row ${cell.state}`}
      style={{ top: `${top}px` }}
      onMouseEnter={() => showRow(line)}
      onFocusIn={() => showRow(line)}
    >
      <a class="tl-name" href={nodePath(rollout, cell.cluster, cell.node)} data-row={index} aria-label={nodeText(line)}>
        {cell.node}
      </a>
      <Lane line={line} scale={scale} />
    </div>
  );
}

function Lane({ line, scale }: Pick<NodeRowProps, 'line' | 'scale'>) {
  const { cell, fromMs, toMs, bars } = line;
  const at = (ms: number) => `${xOf(scale, ms)}px`;
  const wide = (from: number, to: number) => `${Math.max(2, (to - from) * scale.pxPerMs)}px`;
  const isFailed = cell.state === 'failed';
  return (
    <span class="tl-lane" aria-hidden="true">
      <i class={isFailed ? 'tl-span failed' : 'tl-span'} style={{ left: at(fromMs), width: wide(fromMs, toMs) }} />
      {bars.map(bar => (
        <i
          key={bar.step}
          class={`tl-bar ${bar.step} ${bar.state}`}
          style={{ left: at(bar.fromMs), width: wide(bar.fromMs, bar.toMs) }}
          title={barText(bar)}
        />
      ))}
      {isFailed && (
        <b class="tl-failed" style={{ left: at(bars.at(-1)?.toMs ?? fromMs) }}>
          ✗
        </b>
      )}
    </span>
  );
}

/** What stands above the nodes of a wave. */
export function WaveRow({ line, top }: { readonly line: WaveLine; readonly top: number }) {
  return (
    <div class="tl-wave" style={{ top: `${top}px` }}>
      <span>
        {line.cluster} wave {line.wave + 1}{' '}
        <span class="quiet">
          {line.begun} of {line.nodes} begun
        </span>
      </span>
    </div>
  );
}
