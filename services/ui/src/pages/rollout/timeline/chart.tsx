import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Scale, tickStepMs, ticksOf, tickText, xOf } from './axis.ts';
import { seenOf, topsOf } from './geometry.ts';
import { NodeRow, WaveRow } from './line.tsx';
import type { Line } from './lines.ts';
import type { Mark } from './marks.ts';
import { type Frame, useFrame } from './use-frame.ts';
import { useRowKeys } from './use-row-keys.ts';

/** Width of the names, px; on narrow screens the bars need the room. */
function namesPx(frameWidth: number): number {
  return frameWidth < 600 ? 104 : 210;
}

interface ChartProps {
  readonly rollout: string;
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  readonly fromMs: number;
  readonly toMs: number;
  /** 1: all of it fits. */
  readonly zoom: number;
  readonly onZoom: (zoom: number) => void;
}

/** Bars over a time axis; only what is to be seen is drawn. */
export function Chart(props: ChartProps) {
  const { lines, marks, fromMs, toMs, zoom, onZoom } = props;
  const ref = useRef<HTMLDivElement>(null);
  const frame = useFrame(ref);
  const names = namesPx(frame.width);
  const width = Math.max(200, frame.width - names - 4) * zoom;
  const scale: Scale = { fromMs, toMs, pxPerMs: width / Math.max(1, toMs - fromMs) };
  const seen = { scale, left: frame.left - 200, right: frame.left + frame.width };
  const tops = useMemo(() => topsOf(lines), [lines]);
  const moveKeys = useRowKeys(ref, lines, tops);
  useCentre(ref, zoom, names);
  const onKeyDown = (event: KeyboardEvent) => {
    const asked = { '+': zoom * 2, '=': zoom * 2, '-': zoom / 2, '0': 1 }[event.key];
    if (asked === undefined) moveKeys(event);
    else onZoom(asked);
  };
  return (
    <div
      class="tl-frame"
      ref={ref}
      tabIndex={0}
      role="region"
      aria-label="Timeline of nodes; plus and minus zoom, arrow keys move"
      onKeyDown={onKeyDown}
    >
      <div class="tl-sheet" style={{ width: `${names + width}px`, '--names': `${names}px` }}>
        <Axis {...seen} />
        <div class="tl-rows" style={{ height: `${tops.at(-1) ?? 0}px` }}>
          <Ticks {...seen} />
          <Marks marks={marks} scale={scale} />
          <Rows rollout={props.rollout} lines={lines} tops={tops} scale={scale} frame={frame} />
        </div>
      </div>
    </div>
  );
}

interface RowsProps extends Pick<ChartProps, 'rollout' | 'lines'> {
  readonly tops: readonly number[];
  readonly scale: Scale;
  readonly frame: Frame;
}

/** So much is drawn beyond what is to be seen, px. */
const BEYOND_PX = 200;

function Rows({ rollout, lines, tops, scale, frame }: RowsProps) {
  const [first, end] = seenOf(tops, frame.top - BEYOND_PX, frame.top + frame.height + BEYOND_PX);
  return (
    <>
      {lines.slice(first, end).map((line, offset) => {
        const index = first + offset;
        const top = tops[index] ?? 0;
        if (line.kind === 'wave') return <WaveRow key={`${line.cluster}/${line.wave}`} line={line} top={top} />;
        const { cluster, node } = line.cell;
        return (
          <NodeRow key={`${cluster}//${node}`} rollout={rollout} line={line} top={top} index={index} scale={scale} />
        );
      })}
    </>
  );
}

interface AxisProps {
  readonly scale: Scale;
  readonly left: number;
  readonly right: number;
}

/** Of the viewer's zone. */
function offsetAt(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset() * 60_000;
}

function Axis({ scale, left, right }: AxisProps) {
  const step = tickStepMs(scale.pxPerMs);
  return (
    <div class="tl-axis" aria-hidden="true">
      {ticksOf(scale, left, right, offsetAt).map(at => (
        <span key={at} style={{ left: `${xOf(scale, at)}px` }}>
          {tickText(at, step, offsetAt)}
        </span>
      ))}
    </div>
  );
}

function Ticks({ scale, left, right }: AxisProps) {
  return (
    <>
      {ticksOf(scale, left, right, offsetAt).map(at => (
        <i key={at} class="tl-tick" style={{ left: `calc(var(--names) + ${xOf(scale, at)}px)` }} />
      ))}
    </>
  );
}

function Marks({ marks, scale }: { readonly marks: readonly Mark[]; readonly scale: Scale }) {
  return (
    <>
      {marks.map(({ atMs, toMs, kind, text }) => {
        const lasts = toMs === undefined ? 0 : (toMs ?? scale.toMs) - atMs;
        return (
          <i
            key={`${atMs} ${text}`}
            class={`tl-mark ${kind}`}
            style={{
              left: `calc(var(--names) + ${xOf(scale, atMs)}px)`,
              width: `${Math.max(3, lasts * scale.pxPerMs)}px`,
            }}
            title={text}
          />
        );
      })}
    </>
  );
}

/** What stood in the middle stays there when it is zoomed. */
function useCentre(ref: { readonly current: HTMLDivElement | null }, zoom: number, names: number): void {
  const [before] = useState({ zoom });
  useEffect(() => {
    const frame = ref.current;
    if (!frame || before.zoom === zoom) return;
    const half = (frame.clientWidth - names) / 2;
    frame.scrollLeft = ((frame.scrollLeft + half) * zoom) / before.zoom - half;
    before.zoom = zoom;
  }, [zoom]);
}
