import { stepJobId } from '../../../../../shared/domain/names.ts';
import type { NodeStatus, StepStatus } from '../../../../../shared/domain/status.ts';
import { STEPS, type StepName } from '../../../../../shared/domain/steps.ts';
import { duration } from '../../../../../shared/domain/time/show.ts';
import { StateBadge } from '../../components/badge.tsx';
import { Instant, Since } from '../../components/time.tsx';
import { proofView } from './model/proof.ts';
import { Proof } from './proof.tsx';

interface StepsProps {
  readonly rollout: string;
  readonly node: NodeStatus;
  readonly zone: string | null;
  /** What steps take as a rule; missing: not known. */
  readonly usualMs: Readonly<Partial<Record<StepName, number>>>;
}

/** The six steps: how each stands, how long it took, what it proved. */
export function Steps({ rollout, node, usualMs, zone }: StepsProps) {
  return (
    <section class="card" aria-label="Steps">
      <h2>Steps</h2>
      <ol class="step-list">
        {STEPS.map(name => (
          <li
            key={name}
            class={`step ${node.steps[name].state}`}
            aria-current={node.step === name ? 'step' : undefined}
          >
            <Step rollout={rollout} node={node} name={name} usualMs={usualMs[name] ?? null} zone={zone} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface StepProps extends Omit<StepsProps, 'usualMs'> {
  readonly name: StepName;
  readonly usualMs: number | null;
}

function Step({ rollout, node, name, usualMs, zone }: StepProps) {
  const step = node.steps[name];
  const view = proofView(name, step.proof);
  const hasProof = view.facts.length + view.tables.length > 0;
  return (
    <>
      <div class="step-head">
        <b>{name}</b>
        <StateBadge state={stateWord(step)} />
        {step.attempt > 1 && <span class="quiet">attempt {step.attempt}</span>}
        <Times step={step} usualMs={usualMs} />
        {step.startedAtMs !== null && (
          <span class="quiet began">
            <Instant atMs={step.startedAtMs} zone={zone} />
          </span>
        )}
        {step.attempt > 0 && <JobLink rollout={rollout} node={node} name={name} />}
      </div>
      {step.note !== '' && <p class="step-note">{step.note}</p>}
      {hasProof && (
        <details>
          <summary>Proof</summary>
          <Proof view={view} />
        </details>
      )}
    </>
  );
}

function stateWord({ state, startedAtMs, retryAtMs }: StepStatus): string {
  if (state === 'running' && retryAtMs !== null) return 'waiting';
  return state === 'waiting' && startedAtMs === null ? 'pending' : state;
}

function JobLink({
  rollout,
  node,
  name,
}: {
  readonly rollout: string;
  readonly node: NodeStatus;
  readonly name: StepName;
}) {
  const id = stepJobId(rollout, node.cluster, node.node, node.round, name);
  return (
    <a
      href={`/queues/queue/${name}/${encodeURIComponent(id)}`}
      target="_self"
      aria-label={`Job of ${name} in the queues`}
    >
      Job
    </a>
  );
}

function Times({ step, usualMs }: { readonly step: StepStatus; readonly usualMs: number | null }) {
  const { startedAtMs, endedAtMs } = step;
  const usual = usualMs === null ? '' : `usually ${duration(usualMs)}`;
  if (startedAtMs === null) return usual === '' ? null : <span class="quiet">{usual}</span>;
  return (
    <span>
      <b class="number">{endedAtMs === null ? <Since atMs={startedAtMs} /> : duration(endedAtMs - startedAtMs)}</b>{' '}
      <span class="quiet">{usual}</span>
    </span>
  );
}
