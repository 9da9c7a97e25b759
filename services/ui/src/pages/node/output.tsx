import { useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { NodeStatus } from '../../../../../shared/domain/status.ts';
import { isStepName, STEPS, type StepName } from '../../../../../shared/domain/steps.ts';
import { Copy } from '../../components/copy.tsx';
import { PageFreshness } from '../../components/page-freshness.tsx';
import type { Live } from '../../lib/live.ts';
import { followToEnd } from '../../lib/to-end.ts';
import { addPiece, isOver, type LogPiece, linesOf } from './model/log.ts';
import { apiPath, type NodePlace } from './use-node.ts';

interface OutputProps {
  readonly place: NodePlace;
  readonly node: NodeStatus;
}

/** What the commands of a step print, live. */
export function Output({ place, node }: OutputProps) {
  const [chosen, setChosen] = useState<StepName | null>(null);
  const [round, setRound] = useState<number | null>(null);
  const step = chosen ?? tellingStep(node);
  return (
    <section class="card output" aria-label="Output">
      <div class="output-head">
        <h2>Output</h2>
        <label>
          Step{' '}
          <select
            value={chosen ?? ''}
            onChange={({ currentTarget: { value } }) => setChosen(isStepName(value) ? value : null)}
          >
            <option value="">{chosen === null ? `${step}, by itself` : 'by itself'}</option>
            {STEPS.map(name => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {node.round > 1 && <Rounds rounds={node.round} onChange={setRound} />}
      </div>
      {node.round === 0 ? (
        <p class="quiet">It has not begun.</p>
      ) : (
        <Rows
          key={`${step} ${round ?? node.round}`}
          place={place}
          step={step}
          round={round ?? node.round}
          over={isOver(node, step, round ?? node.round)}
        />
      )}
    </section>
  );
}

/** The one it is in or failed in; of a node that is settled the upgrade, which prints the most. */
function tellingStep({ state, step, steps }: NodeStatus): StepName {
  if (state === 'claimed' || state === 'failed') return step ?? 'drain';
  return steps.upgrade.startedAtMs === null ? (step ?? 'drain') : 'upgrade';
}

interface RoundsProps {
  readonly rounds: number;
  readonly onChange: (round: number | null) => void;
}

function Rounds({ rounds, onChange }: RoundsProps) {
  return (
    <label>
      Round{' '}
      <select onChange={({ currentTarget: { value } }) => onChange(value === '' ? null : Number(value))}>
        <option value="">the latest ({rounds})</option>
        {Array.from({ length: rounds - 1 }, (_, index) => index + 1).map(round => (
          <option key={round} value={round}>
            {round}
          </option>
        ))}
      </select>
    </label>
  );
}

interface RowsProps {
  readonly place: NodePlace;
  readonly step: StepName;
  readonly round: number;
  /** Whether the step prints nothing more, unless it is tried again. */
  readonly over: boolean;
}

function useRows({ place, step, round, over }: RowsProps) {
  const rows = useSignal<readonly string[]>([]);
  const [live, setLive] = useState<Live | null>(null);
  const [turn, setTurn] = useState(0);
  const now = useRef({ over, hasEnded: false });
  now.current.over = over;
  useEffect(() => {
    now.current.hasEnded = false;
    const take = (data: unknown): void => {
      rows.value = addPiece(rows.peek(), data as LogPiece);
    };
    const end = (): void => {
      now.current.hasEnded = true;
    };
    const path = `${apiPath(place)}/log?step=${step}&round=${round}`;
    const stream = followToEnd(path, { rows: take }, () => now.current.over, end);
    setLive(stream);
    return () => stream.stop();
  }, [place.id, place.cluster, place.node, step, round, turn]);
  useEffect(() => {
    if (!over && now.current.hasEnded) setTurn(turn + 1);
  }, [over]);
  return { rows: rows.value, state: live?.state.value ?? ({ kind: 'connecting' } as const) };
}

function Rows(props: RowsProps) {
  const { rows, state } = useRows(props);
  const [follows, setFollows] = useState(true);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (follows && ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [rows, follows]);
  const lines = linesOf(rows);
  return (
    <>
      <PageFreshness state={state} />
      <div class="log" role="log" aria-label={`Output of ${props.step}`} aria-live="off" tabIndex={0} ref={ref}>
        {lines.length === 0 && (
          <p class="quiet">{state.kind === 'live' ? 'Nothing was printed yet.' : 'Not read yet.'}</p>
        )}
        {lines.map(({ kind, text }, index) => (
          <div key={index} class={kind}>
            {text}
          </div>
        ))}
      </div>
      <div class="output-foot">
        <label>
          <input type="checkbox" checked={follows} onChange={() => setFollows(!follows)} /> follow the end
        </label>
        <span class="quiet number">{lines.length} lines</span>
        <Copy text={rows.join('\n')} what="output" />
      </div>
    </>
  );
}
