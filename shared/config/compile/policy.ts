import type { z } from 'zod';
import type { PolicyLayer } from '../../domain/fleet.ts';
import { type Hook, isNodeHook } from '../../domain/hooks/hook.ts';
import type { Taint } from '../../domain/placement.ts';
import type { Amount, ClusterPolicy, CordonPolicy, NodePolicy, StepLimits } from '../../domain/policy.ts';
import { STEPS, type StepName } from '../../domain/steps.ts';
import type { WindowPolicy } from '../../domain/window/window.ts';
import { fill } from '../option.ts';
import { cordonTable, nodeLabelsTable } from '../schema/cordon.ts';
import { drainTable } from '../schema/drain.ts';
import { limitsTable } from '../schema/limits.ts';
import { nodeLeaseTable } from '../schema/node-lease.ts';
import {
  clusterPolicyTable,
  nodePolicyTable,
  type policySchema,
  type rolePolicySchema,
  windowPolicyTable,
} from '../schema/policy.ts';
import { preflightTable } from '../schema/preflight.ts';
import { upgradeTable } from '../schema/upgrade.ts';
import { withQuorum } from './gates/quorum.ts';
import { compileGate } from './gates.ts';
import { compileHooks } from './hooks.ts';
import { compileUnits } from './names.ts';
import { compileReboot } from './reboot.ts';
import type { ToAbsolute } from './ssh.ts';
import { compileVerify, verifyLayer } from './verify.ts';
import { compileFreeze, compileWindow, type ReadCalendar } from './window.ts';

type PolicyFile = z.output<typeof policySchema>;
type RolePolicyFile = z.output<typeof rolePolicySchema>;

/** What limits hold over a cluster. `layers`: general first. */
export function compileClusterPolicy(
  layers: readonly PolicyFile[],
  toAbsolute: ToAbsolute,
  readCalendar: ReadCalendar,
): ClusterPolicy {
  const { nodeLease: _, failureBudget: _budget, ...plain } = fill(clusterPolicyTable, layers);
  const lease = fill(
    nodeLeaseTable,
    layers.map(layer => layer.nodeLease),
  );
  const { enabled, prefix, namespace = plain.leaseNamespace } = lease;
  const preflight = fill(
    preflightTable,
    layers.map(layer => layer.preflight),
  );
  const clusterHooks = hooksOf(layers).filter(hook => !isNodeHook(hook));
  return {
    ...compileUnits(plain),
    nodeLease: enabled ? { namespace, prefix } : null,
    window: windowOf(layers, readCalendar),
    gates: withQuorum(layers.findLast(layer => layer.gates !== undefined)?.gates ?? [], gate =>
      compileGate(gate, toAbsolute),
    ),
    preflight,
    hooks: clusterHooks,
  };
}

/** Failures a cluster bears; undefined: it has no budget of its own. `layers`: general first. */
export function compileClusterBudget(layers: readonly PolicyFile[]): Amount | undefined {
  return fill(clusterPolicyTable, layers).failureBudget;
}

function windowOf(layers: readonly PolicyFile[], readCalendar: ReadCalendar): WindowPolicy {
  const { windows, freezes, nodeTakes } = fill(windowPolicyTable, layers);
  return {
    rules: windows.map(compileWindow),
    freezes: freezes.flatMap(freeze => compileFreeze(freeze, readCalendar)),
    nodeTakesMs: nodeTakes === 'auto' ? null : nodeTakes.ms,
  };
}

/** How nodes of a cluster are treated when no role says otherwise. `layers`: general first. */
export function compileNodePolicy(layers: readonly RolePolicyFile[], toAbsolute: ToAbsolute): NodePolicy {
  const { onInterrupted, cordonedByOthers } = fill(nodePolicyTable, layers);
  const of = <K extends keyof RolePolicyFile>(key: K) => layers.map(layer => layer[key]);
  return {
    cordon: compileCordon(of('cordon')),
    drain: compileUnits(fill(drainTable, of('drain'))),
    upgrade: compileUnits(fill(upgradeTable, of('upgrade'))),
    reboot: compileReboot(of('reboot')),
    verify: compileVerify(of('verify'), toAbsolute),
    limits: limitsOf(layers),
    onInterrupted: onInterrupted ?? 'release',
    cordonedByOthers: cordonedByOthers ?? 'skip',
    hooks: hooksOf(layers).filter(isNodeHook),
  };
}

/** The most special list replaces the others. */
function hooksOf(layers: readonly RolePolicyFile[]): Hook[] {
  return compileHooks(layers.findLast(layer => layer.hooks !== undefined)?.hooks ?? []);
}

function compileCordon(layers: readonly RolePolicyFile['cordon'][]): CordonPolicy {
  const { unschedulable, taint } = fill(cordonTable, layers);
  const { during, after } = fill(
    nodeLabelsTable,
    layers.map(layer => layer?.labels),
  );
  return { unschedulable, taint: taint ? taintOf(taint) : null, labelsDuring: during, labelsAfter: after };
}

function cordonLayer({ unschedulable, taint, labels }: NonNullable<RolePolicyFile['cordon']>): Partial<CordonPolicy> {
  return {
    ...(unschedulable === undefined ? {} : { unschedulable }),
    ...(taint === undefined ? {} : { taint: taintOf(taint) }),
    ...(labels?.during === undefined ? {} : { labelsDuring: labels.during }),
    ...(labels?.after === undefined ? {} : { labelsAfter: labels.after }),
  };
}

type TaintFile = NonNullable<NonNullable<RolePolicyFile['cordon']>['taint']>;

function taintOf({ key, value = '', effect = 'NoSchedule' }: TaintFile): Taint {
  return { key, value, effect };
}

function limitsOf(layers: readonly RolePolicyFile[]): Record<StepName, StepLimits> {
  const entries = STEPS.map(step => {
    const given = layers.map(layer => layer.steps?.[step]);
    return [step, compileUnits(fill(limitsTable(step), given))];
  });
  return Object.fromEntries(entries) as Record<StepName, StepLimits>;
}

/** What one place says and nothing more. */
export function compilePolicyLayer(file: RolePolicyFile, toAbsolute: ToAbsolute): PolicyLayer {
  const { cordon, drain, upgrade, reboot, verify, steps, onInterrupted, cordonedByOthers, hooks } = file;
  const limits: unknown =
    steps && Object.fromEntries(Object.entries(steps).map(([step, given]) => [step, compileUnits(given ?? {})]));
  const layer = {
    cordon: cordon && cordonLayer(cordon),
    drain: drain && compileUnits(drain),
    upgrade: upgrade && compileUnits(upgrade),
    reboot: reboot && compileUnits(reboot),
    verify: verify && verifyLayer(verify, toAbsolute),
    limits,
    onInterrupted,
    cordonedByOthers,
    hooks: hooks && compileHooks(hooks),
  };
  return compileUnits(layer) as PolicyLayer;
}
