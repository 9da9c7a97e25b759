import { useEffect, useRef, useState } from 'preact/hooks';
import type { Command } from '../../../../shared/domain/command.ts';
import { ACT_WORDS, actDoes, actSubject, raiseText } from '../../../../shared/domain/words/act.ts';
import { type AskedAct, askedAct, giveCommand, lastResult } from '../lib/act.ts';
import { now } from '../lib/clock.ts';
import { Dialog } from './dialog.tsx';
import '../style/act.css';

/** Characters of a reason that the server takes. */
const MOST_WHY = 1_000;
const SHOWN_MS = 12_000;

/** Where acts are asked about and their results told; once, around every page. */
export function ActDialogs() {
  const asked = askedAct.value;
  return (
    <>
      {asked && <Asking key={JSON.stringify(asked)} asked={asked} />}
      <Result />
    </>
  );
}

function close(): void {
  askedAct.value = null;
}

/** Sends at most once at a time, however often it is clicked. */
function useGiving(asked: AskedAct) {
  const isBusy = useRef(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const give = async (command: Command, why: string): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    setBusy(true);
    const refused = await giveCommand(asked.rollout, command, why);
    isBusy.current = false;
    setBusy(false);
    // Closed meanwhile, and perhaps another one is asked about: its answer still has to be told.
    const isOpen = askedAct.peek() === asked;
    if (refused === null && isOpen) close();
    else if (refused !== null && isOpen) setProblem(refused);
    else if (refused !== null) lastResult.value = { rollout: asked.rollout, note: refused, isDone: false };
  };
  return { busy, problem, give };
}

function Asking({ asked }: { readonly asked: AskedAct }) {
  const [command, setCommand] = useState(asked.command);
  const [why, setWhy] = useState('');
  const { busy, problem, give } = useGiving(asked);
  const words = ACT_WORDS[command.kind];
  return (
    <Dialog title={`${words.label}: ${actSubject(command)}`} onClose={close}>
      <form
        class="act"
        onSubmit={event => {
          event.preventDefault();
          void give(command, why.trim());
        }}
      >
        <Consequences command={command} now={asked.now} />
        <Value command={command} now={asked.now} onChange={setCommand} />
        <Why isNeeded={words.needsWhy} onChange={setWhy} />
        {problem !== '' && <p role="alert">{problem}</p>}
        <div class="act-buttons">
          <button type="submit" class={words.warns === undefined ? 'main' : 'danger'} disabled={busy}>
            {busy ? 'Sending…' : words.label}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Consequences({ command, now: current }: { readonly command: Command; readonly now: number | null }) {
  const { warns } = ACT_WORDS[command.kind];
  const raise = raiseText(command, current);
  const warning = warns ?? (raise === null ? undefined : `${raise[0]?.toUpperCase()}${raise.slice(1)}`);
  return (
    <>
      <p>This will {actDoes(command)}.</p>
      {warning !== undefined && <p class="warning">{warning}</p>}
    </>
  );
}

function Why({ isNeeded, onChange }: { readonly isNeeded: boolean; readonly onChange: (why: string) => void }) {
  return (
    <>
      <label>
        Reason{isNeeded ? '' : ' (may be empty)'}
        <input
          name="why"
          maxLength={MOST_WHY}
          required={isNeeded}
          pattern=".*\S.*"
          autoComplete="off"
          onInput={event => onChange(event.currentTarget.value)}
        />
      </label>
      <p class="quiet">The reason goes into the rollout's journal with your name.</p>
    </>
  );
}

interface ValueProps {
  readonly command: Command;
  readonly now: number | null;
  readonly onChange: (command: Command) => void;
}

/** What else an act needs to be told. */
function Value({ command, now: current, onChange }: ValueProps) {
  const was = current === null ? '' : ` (now ${current})`;
  if (command.kind === 'concurrency') {
    return (
      <NumberField
        label={`Most nodes away at once${was}`}
        min={1}
        value={command.concurrency}
        onChange={concurrency => onChange({ ...command, concurrency })}
      />
    );
  }
  if (command.kind === 'failure-budget') {
    return (
      <NumberField
        label={`Failures that are borne${was}`}
        min={0}
        value={command.budget}
        onChange={budget => onChange({ ...command, budget })}
      />
    );
  }
  if (command.kind !== 'approve') return null;
  return <Expiry onChange={ms => onChange({ ...command, expiresAtMs: ms === 0 ? null : now.peek() + ms })} />;
}

interface NumberFieldProps {
  readonly label: string;
  readonly min: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ label, min, value, onChange }: NumberFieldProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={min}
        step={1}
        required
        value={value}
        onInput={({ currentTarget }) => {
          if (currentTarget.checkValidity()) onChange(currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}

const HOUR_MS = 3_600_000;
const EXPIRIES = [
  [0, 'as the plan says'],
  [HOUR_MS / 2, 'when nothing began by it in 30 minutes'],
  [2 * HOUR_MS, 'when nothing began by it in 2 hours'],
  [8 * HOUR_MS, 'when nothing began by it in 8 hours'],
] as const;

function Expiry({ onChange }: { readonly onChange: (ms: number) => void }) {
  return (
    <label>
      Expires
      <select onChange={event => onChange(Number(event.currentTarget.value))}>
        {EXPIRIES.map(([ms, text]) => (
          <option key={ms} value={ms}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the server said to the last act, for a while. */
function Result() {
  const result = lastResult.value;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (lastResult.peek() === result) lastResult.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [result]);
  return (
    <div class="result" role="status">
      {result && (
        <p class={result.isDone ? 'good' : 'bad'}>
          {result.isDone ? '✓' : '✗'} {result.note}
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => {
              lastResult.value = null;
            }}
          >
            ✕
          </button>
        </p>
      )}
    </div>
  );
}
