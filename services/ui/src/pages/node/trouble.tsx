import type { ComponentChildren } from 'preact';
import type { NodeStatus, StepStatus } from '../../../../../shared/domain/status.ts';
import { Copy } from '../../components/copy.tsx';
import { Seen } from '../../components/seen.tsx';
import { Instant } from '../../components/time.tsx';

/** What a node waits for or failed at, and how it was left: in full, as a person needs it at night. */
export function Trouble({ node }: { readonly node: NodeStatus }) {
  const step = node.step === null ? null : node.steps[node.step];
  const failed = node.state === 'failed';
  if (!failed && node.reason === '' && !step?.failure && node.left === null) return null;
  return (
    <section class={`card trouble ${failed ? 'bad' : 'wait'}`} aria-label={failed ? 'Failure' : 'What it waits for'}>
      <h2>{titleOf(node)}</h2>
      <p class="what">{step?.failure?.message ?? node.reason}</p>
      {step?.failure && <FailureFacts step={step} />}
      {!step?.failure && step && <Account lines={step.account} />}
      {node.left && <Left left={node.left} />}
    </section>
  );
}

function titleOf({ state, step }: NodeStatus): string {
  if (state === 'failed') return `Failed in ${step ?? 'the beginning'}`;
  if (state === 'claimed') return `${step ?? 'It'} waits`;
  return state === 'pending' ? 'Held' : `Was ${state}`;
}

function FailureFacts({ step: { failure, retryAtMs, account } }: { readonly step: StepStatus }) {
  if (!failure) return null;
  const { code, leftAs, todo, seen = '' } = failure;
  return (
    <>
      <dl class="pairs">
        <Pair name="Code">
          <code>{code}</code>
        </Pair>
        {retryAtMs !== null && (
          <Pair name="Next attempt">
            <Instant atMs={retryAtMs} as="ago" />
          </Pair>
        )}
        {leftAs !== undefined && <Pair name="Left as">{leftAs}</Pair>}
        {todo !== undefined && <Todo text={todo} />}
      </dl>
      <Account lines={failure.account ?? account} />
      {seen !== '' && (
        <>
          <h3>What was seen</h3>
          <Seen text={seen} />
        </>
      )}
    </>
  );
}

function Pair({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Todo({ text }: { readonly text: string }) {
  return (
    <Pair name="What to do">
      <b>{text}</b>
    </Pair>
  );
}

/** What was found out: deeper lines belong to the one above; commands can be copied. */
function Account({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="account">
      {lines.map((line, index) => {
        const text = line.trimStart();
        const depth = Math.min(6, line.length - text.length);
        const isCommand = text.startsWith('$ ');
        return (
          <li key={`${index} ${line}`} style={{ marginInlineStart: `${depth * 0.6}rem` }}>
            {isCommand ? <CommandLine text={text.slice(2)} /> : text}
          </li>
        );
      })}
    </ul>
  );
}

function CommandLine({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <Copy text={text} what="command" />
    </span>
  );
}

function Left({ left: { well, state, todo } }: { readonly left: NonNullable<NodeStatus['left']> }) {
  return (
    <dl class="pairs">
      <Pair name={well ? 'Left well' : 'Left as'}>{state}</Pair>
      {todo !== '' && <Todo text={todo} />}
    </dl>
  );
}
