import type { Plan, PlanNode, PlanWave } from '../../shared/domain/plan.ts';
import {
  type ClusterPolicy,
  type NodePolicy,
  PLAIN_CORDON,
  type StepLimits,
  type UpgradePolicy,
} from '../../shared/domain/policy.ts';
import { DEFAULT_PREFLIGHT } from '../../shared/domain/preflight/codes.ts';
import { STEPS, type StepName } from '../../shared/domain/steps.ts';

/** A wave of a small plan: names that begin with `cp` are control-plane nodes. */
export interface TinyWave {
  readonly nodes: readonly string[];
  readonly concurrency?: number;
}

export interface TinyPlan {
  /** Stage → cluster → waves. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, readonly TinyWave[]>>>>;
  readonly failureBudget?: number;
  readonly limits?: Partial<StepLimits>;
  readonly cluster?: Partial<ClusterPolicy>;
  readonly policy?: Partial<NodePolicy>;
  /** Whether the clusters are Kubernetes clusters; default: hosts only. */
  readonly kubernetes?: boolean;
}

const LIMITS: StepLimits = { timeoutMs: 30_000, attempts: 1, backoffMs: 10, backoffMaxMs: 50 };

/** A node policy with short limits. */
export function tinyPolicy(limits: Partial<StepLimits> = {}): NodePolicy {
  const each = Object.fromEntries(STEPS.map(step => [step, { ...LIMITS, ...limits }])) as Record<StepName, StepLimits>;
  return {
    cordon: PLAIN_CORDON,
    drain: {
      when: 'always',
      force: false,
      ignoreDaemonSets: true,
      deleteEmptyDirData: true,
      gracePeriodSeconds: -1,
      disableEviction: false,
      skipWaitForDeleteTimeoutSeconds: 0,
      podSelector: '',
      volumeDetachTimeoutMs: 0,
      order: [],
      notifyAfterMs: 0,
      deleteRefusedAfterMs: 0,
      deleteRefusedSelector: '',
    },
    upgrade: upgradePolicy({ manager: 'none' }),
    reboot: {
      when: 'if-needed',
      command: '',
      controlCommand: '',
      shutdownFirst: false,
      controlTimeoutMs: 60_000,
      downTimeoutMs: 240_000,
      upTimeoutMs: 300_000,
      sentinelFiles: [],
      sentinelCommand: '',
      checks: 'auto',
      match: 'any',
      checkTimeoutMs: 60_000,
      orderValidMs: 30_000,
      confirmMaxAgeMs: 60_000,
    },
    verify: { soakMs: 0, checks: [], failedUnits: true, daemonSetPods: true },
    limits: each,
    onInterrupted: 'release',
    cordonedByOthers: 'skip',
    hooks: [],
  };
}

/** A whole frozen plan in a few words. */
export function tinyPlan(tiny: TinyPlan): Plan {
  const stages = Object.entries(tiny.stages).map(([name, clusters]) => ({
    name,
    clusters: Object.entries(clusters).map(([cluster, waves]) => ({
      name: cluster,
      kubernetes: tiny.kubernetes ? { inCluster: false, kubeconfig: 'unused', context: cluster } : null,
      policy: {
        maxUnavailable: { kind: 'number', value: 100 } as const,
        maxUnavailablePer: [],
        minTimeBetweenRebootsMs: 0,
        recoverySoakMs: 0,
        factsMaxAgeMs: 30_000,
        allowControlPlaneOutage: false,
        leaseNamespace: 'kube-system',
        nodeLease: null,
        nodeEvents: false,
        ownNode: 'last' as const,
        ownPods: '',
        preflight: DEFAULT_PREFLIGHT,
        hooks: [],
        window: { rules: [], freezes: [], nodeTakesMs: 0 },
        gates: [],
        ...tiny.cluster,
      },
      labels: { sequence: null, rolePrefixes: [] },
      size: waves.reduce((sum, wave) => sum + wave.nodes.length, 0),
      waves: waves.map((wave, index) => tinyWave(cluster, index, wave, tiny.kubernetes ?? false)),
      leftOut: [],
    })),
  }));
  return {
    version: 1,
    fleet: 'tiny',
    createdAtMs: 0,
    failureBudget: tiny.failureBudget ?? 0,
    profiles: {},
    policies: { p: { ...tinyPolicy(tiny.limits), ...tiny.policy } },
    stages,
  };
}

function tinyWave(cluster: string, index: number, wave: TinyWave, kubernetes: boolean): PlanWave {
  const nodes = wave.nodes.map(
    (name): PlanNode => ({
      name,
      cluster,
      sequence: index + 1,
      roles: [],
      controlPlane: name.startsWith('cp'),
      kubernetes: kubernetes ? { uid: `uid-${name}` } : null,
      host: { address: '127.0.0.1', port: 22, profile: 'none' },
      policy: 'p',
      steps: STEPS.map(step => ({ step })),
    }),
  );
  return { index, name: String(index + 1), sequences: [index + 1], concurrency: wave.concurrency ?? 1, nodes };
}

/** All packages but those named in `more.exclude` or `more.protect`; no wait for locks. */
export function upgradePolicy(more: Partial<UpgradePolicy> = {}): UpgradePolicy {
  return {
    manager: 'auto',
    command: '',
    mode: 'all',
    packages: [],
    exclude: [],
    protect: [],
    configFiles: 'keep',
    allowRemovals: [],
    lockWaitMs: 0,
    baseline: 'off',
    ...more,
  };
}
