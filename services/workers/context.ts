import type { GateMoment } from '../../shared/domain/gate/gate.ts';
import type { Plan, PlanNode } from '../../shared/domain/plan.ts';
import { planClusters } from '../../shared/domain/plan.ts';
import type { NodePolicy } from '../../shared/domain/policy.ts';
import type { BeginAnswer, StepRef } from '../../shared/ports/engine-store.ts';
import type { StepContext } from '../../shared/ports/step.ts';
import { judgeNode } from '../common/windows.ts';
import { baselineOf } from './baseline.ts';
import type { WorkerDeps } from './deps.ts';
import type { NodeHooks } from './hooks/node-hooks.ts';
import { Interrupted } from './interrupted.ts';
import type { JobLog } from './job-log.ts';
import { rebootTurn } from './reboot-turn.ts';

/** What is known of a visit when its context is made. */
export interface VisitParts {
  readonly rollout: string;
  readonly plan: Plan;
  readonly node: PlanNode;
  readonly policy: NodePolicy;
  readonly begin: Extract<BeginAnswer, { kind: 'go' }>;
  readonly attempt: number;
  readonly log: JobLog;
  readonly hooks: Pick<NodeHooks, 'before' | 'afterDrain' | 'spentMs'>;
}

/** Puts together what a step may use. Connections are made when first used. */
export function contextOf(
  deps: WorkerDeps,
  ref: StepRef,
  parts: VisitParts,
  signal: AbortSignal,
): StepContext<unknown> {
  const { rollout, plan, node, policy, begin, attempt, log, hooks } = parts;
  const { connectHost, control, probes, managers, clock } = deps;
  const { cluster, announce } = clusterOf(deps, plan, node);
  const startedAtMs = clock.now() - begin.elapsedMs;
  let kept = begin.memory;
  return {
    node,
    policy,
    round: ref.round,
    attempt,
    fence: { installation: begin.installation, rollout, node: node.name, round: ref.round, epoch: begin.epoch },
    host: connectHost(node, plan.profiles, notice => heardOf(deps, parts, notice)),
    baseline: baselineOf(deps.store, plan, rollout, ref, begin.epoch),
    ...{ cluster, control, probes, managers, clock, announce, signal },
    proofs: begin.proofs,
    get attemptStartedAtMs() {
      return startedAtMs + hooks.spentMs;
    },
    ...hooksFor(ref, hooks),
    // As it is now: a step that gives up at the end of this visit must know what the visit did.
    get memory() {
      return kept;
    },
    remember: async (memory, told) => {
      // Who knows by this memory that a command has ended will not read its log again.
      await log.flush();
      const report = { outcome: 'memory', memory, ...(told ? { told } : {}) } as const;
      const heard = await deps.store.report(rollout, ref, begin.epoch, report);
      if (!heard.ok) throw new Interrupted('superseded');
      kept = memory;
    },
    ...gatesFor(deps, ref, parts, signal),
    guard: () => mayAct(deps, ref, parts, signal),
    log: text => log.write(text),
  };
}

/** The hooks that a step calls for itself. */
function hooksFor(
  { step }: StepRef,
  hooks: VisitParts['hooks'],
): Pick<StepContext<unknown>, 'beforeWork' | 'beforeDrain' | 'afterDrain'> {
  return {
    beforeWork: () => hooks.before(step),
    beforeDrain: () => hooks.before('drain'),
    afterDrain: () => hooks.afterDrain(),
  };
}

async function mayAct({ store }: WorkerDeps, ref: StepRef, { rollout, begin }: VisitParts, signal: AbortSignal) {
  signal.throwIfAborted();
  const heard = await store.report(rollout, ref, begin.epoch, { outcome: 'check' });
  if (!heard.ok) throw new Interrupted(heard.why ?? 'superseded');
}

/** What is known of the cluster's window and gates. */
function gatesFor(deps: WorkerDeps, { round }: StepRef, parts: VisitParts, signal: AbortSignal) {
  return {
    shutGates: async (moment: GateMoment, act?: 'order') => {
      const shut = await shutGates(deps, parts, moment, signal);
      return shut.length > 0 || moment !== 'reboot' ? shut : rebootTurn(deps.store, { ...parts, round }, act);
    },
    closesAtMs: () => windowEnd(parts.plan, parts.node, deps.clock.now()),
  };
}

async function shutGates(
  { gates }: WorkerDeps,
  { plan, node, rollout }: VisitParts,
  moment: GateMoment,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const cluster = planClusters(plan).find(each => each.name === node.cluster);
  if (!cluster) return [];
  const { shut, nodes } = await gates.ask({ moment, rollout, cluster, candidates: [node] }, signal);
  return [...shut, ...(nodes.get(node.name) ?? [])];
}

function windowEnd(plan: Plan, { cluster: name, name: node }: PlanNode, nowMs: number): number | null {
  const cluster = planClusters(plan).find(each => each.name === name);
  if (!cluster) return null;
  const verdict = judgeNode(cluster, node, nowMs);
  return verdict.open ? verdict.closesAtMs : nowMs;
}

/** What was found out on the way to a host is kept in the node's log and in that of the service. */
function heardOf({ log }: WorkerDeps, { rollout, node, log: nodeLog }: VisitParts, notice: string): void {
  nodeLog.say(notice);
  log.warn({ rollout, cluster: node.cluster, node: node.name }, notice);
}

/** The cluster of a node, and how the Node is told of the work; nothing is without Kubernetes, or when the policy does not want it. */
function clusterOf(deps: WorkerDeps, plan: Plan, node: PlanNode): Pick<StepContext<unknown>, 'cluster' | 'announce'> {
  const planned = planClusters(plan).find(each => each.name === node.cluster);
  if (!planned?.kubernetes || !node.kubernetes) return { cluster: null, announce: () => {} };
  const cluster = deps.connectCluster(node.cluster, planned.kubernetes);
  if (!planned.policy.nodeEvents) return { cluster, announce: () => {} };
  const about = { node: node.name, uid: node.kubernetes.uid, by: deps.name };
  return {
    cluster,
    announce: (reason, message, type = 'Normal') => deps.events.post(cluster, { ...about, type, reason, message }),
  };
}
