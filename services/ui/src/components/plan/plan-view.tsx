import {
  type Plan,
  type PlanCluster,
  type PlanNode,
  type PlanStage,
  type PlanWave,
  planNodes,
} from '../../../../../shared/domain/plan.ts';
import { counted, named } from '../../../../../shared/domain/text.ts';
import { amountText, leftOutOf, skippedSteps, waitsOf } from '../../view/plan.ts';
import { type Column, Table } from '../table.tsx';

/** Waves of larger plans are folded away. */
const OPEN_NODES = 60;

interface PlanViewProps {
  readonly plan: Plan;
  /** By `cluster/node`. */
  readonly due: Readonly<Record<string, string>>;
}

/** What would happen: stages, clusters, waves, nodes, and who is left out. */
export function PlanView({ plan, due }: PlanViewProps) {
  const isOpen = planNodes(plan).length <= OPEN_NODES;
  return (
    <>
      {plan.stages.map((stage, index) => (
        <section key={stage.name} aria-label={`Stage ${stage.name}`}>
          <h2>
            Stage {index + 1} of {plan.stages.length}: {stage.name} <Waits of={stage} />
          </h2>
          <div class="plan-clusters">
            {stage.clusters.map(cluster => (
              <Cluster key={cluster.name} cluster={cluster} due={due} isOpen={isOpen} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

interface ClusterProps extends Pick<PlanViewProps, 'due'> {
  readonly cluster: PlanCluster;
  readonly isOpen: boolean;
}

function Cluster({ cluster, due, isOpen }: ClusterProps) {
  const { name, size, policy, kubernetes, waves, failureBudget } = cluster;
  const planned = waves.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const facts = [
    `${planned} of ${counted(size, kubernetes ? 'node' : 'host')}`,
    `at most ${amountText(policy.maxUnavailable)} away`,
    ...policy.maxUnavailablePer.map(({ label, max }) => `${amountText(max)} per ${label.replace(/^.*\//, '')}`),
    ...(failureBudget === undefined ? [] : [`bears ${counted(failureBudget, 'failure')}`]),
    ...(kubernetes ? [] : ['no Kubernetes']),
  ];
  return (
    <article class="card plan-cluster">
      <h3>
        {name} <span class="quiet">{facts.join(', ')}</span> <Waits of={cluster} />
      </h3>
      {waves.map(wave => (
        <Wave key={wave.index} wave={wave} of={waves.length} due={due} isOpen={isOpen} />
      ))}
      <LeftOut cluster={cluster} />
    </article>
  );
}

interface WaveProps extends Pick<PlanViewProps, 'due'> {
  readonly wave: PlanWave;
  readonly of: number;
  readonly isOpen: boolean;
}

function Wave({ wave, of, due, isOpen }: WaveProps) {
  const { index, name, nodes, concurrency, sequences } = wave;
  return (
    <details open={isOpen} class="plan-wave">
      <summary>
        <b>
          Wave {index + 1} of {of}
        </b>{' '}
        [{name}]{sequences.length > 1 && ` sequences ${sequences.join(', ')}`}: {counted(nodes.length, 'node')},{' '}
        {concurrency === 1 ? 'one at a time' : `${concurrency} at a time`} <Waits of={wave} />
      </summary>
      <Table label={`Nodes of wave ${name}`} columns={columnsOf(due)} rows={nodes} keyOf={node => node.name} />
    </details>
  );
}

function columnsOf(due: PlanViewProps['due']): readonly Column<PlanNode>[] {
  const dueOf = ({ cluster, name }: PlanNode) => due[`${cluster}/${name}`] ?? '';
  return [
    {
      name: 'Node',
      look: 'name',
      cell: ({ name, controlPlane }) => (
        <>
          <b>{name}</b>
          {controlPlane && <span class="quiet"> control plane</span>}
        </>
      ),
    },
    { name: 'Sequence', cell: ({ sequence }) => sequence ?? '–' },
    { name: 'Address', cell: ({ host }) => <span class="mono">{host.address}</span> },
    {
      name: 'Steps left out',
      cell: node =>
        skippedSteps(node)
          .map(({ reason, steps }) => `${steps}: ${reason}`)
          .join('; ') || <span class="quiet">none</span>,
    },
    ...(Object.keys(due).length === 0 ? [] : [{ name: 'Due', cell: dueOf }]),
  ];
}

function LeftOut({ cluster }: { readonly cluster: PlanCluster }) {
  const groups = leftOutOf(cluster);
  if (groups.length === 0) return null;
  return (
    <div class="left-out">
      <h4>Left out: {counted(cluster.leftOut.length, 'host')}</h4>
      <ul>
        {groups.map(({ reason, nodes }) => (
          <li key={reason} title={nodes.join(', ')}>
            <b>{named(nodes)}</b>: {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Waits({ of }: { readonly of: PlanStage | PlanCluster | PlanWave }) {
  const waits = waitsOf(of);
  return waits.length === 0 ? null : <span class="quiet waits-for">· {waits.join(', ')}</span>;
}
