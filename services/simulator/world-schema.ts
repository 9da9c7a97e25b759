import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: 'a name of a-z, 0-9 and -' });
const ms = z.number().min(0).max(86_400_000);
const count = z.int().min(0);
const labels = z.record(z.string(), z.string());

const hostTimings = z.strictObject({
  upgradeMs: ms.optional(),
  refreshMs: ms.optional(),
  shutdownMs: ms.optional(),
  bootMs: ms.optional(),
});

const podTimings = z.strictObject({
  podStopMs: ms.optional(),
  podStartMs: ms.optional(),
  notReadyAfterMs: ms.optional(),
  kubeletReportMs: ms.optional(),
  heartbeatMs: ms.min(100).optional(),
});

const faults = z.strictObject({
  neverReturns: z.boolean().optional(),
  rebootIgnored: z.boolean().optional(),
  keepsOldKernel: z.boolean().optional(),
  upgradeFails: z.strictObject({ times: count, exitCode: z.int().min(1).max(255) }).optional(),
  refreshFails: count.optional(),
  diskFull: z.boolean().optional(),
  sudoAsks: z.boolean().optional(),
  connect: z.enum(['accept', 'hang', 'refuse']).optional(),
  dropCommands: z.strictObject({ times: count, when: z.enum(['before', 'after']) }).optional(),
  kubeletStaysDown: z.boolean().optional(),
  whileDown: z.enum(['refuse', 'hang']).optional(),
  rebootReply: z.enum(['returns', 'drops']).optional(),
});

/** What a host may say; `defaults` of the world says the same for all. */
const hostShape = {
  /** Running at the start, as `uname -r` prints it. */
  kernel: z.string().min(1).optional(),
  /** In the repository; null: none. */
  newKernel: z.string().min(1).nullable().optional(),
  upgrades: z
    .array(z.strictObject({ name: z.string().min(1), from: z.string().min(1), to: z.string().min(1) }))
    .optional(),
  /** Whether a new kernel leaves /run/reboot-required. */
  sentinel: z.boolean().optional(),
  failedUnits: z.array(z.string().min(1)).optional(),
  clockSkewMs: z.number().optional(),
  /** Somebody else holds the package lock for so long from the start. */
  aptLockedMs: ms.optional(),
  timings: hostTimings.optional(),
  faults: faults.optional(),
};

const hostSettings = z.strictObject(hostShape);

const node = z.strictObject({
  name,
  sequence: z.int().min(0).nullable().optional(),
  roles: z.array(z.string().min(1)).optional(),
  labels: labels.optional(),
  unschedulable: z.boolean().optional(),
  podCapacity: count.optional(),
  capacity: labels.optional(),
  ...hostShape,
});

/** What workloads and bare pods have in common; the API's own names where it has them. */
const podShape = {
  emptyDir: z.boolean().optional(),
  graceSeconds: z.number().min(0).optional(),
  startMs: ms.optional(),
  stopMs: ms.optional(),
  runMs: ms.optional(),
  fate: z.enum(['never-ready', 'crash-loop', 'fails']).optional(),
  requests: labels.optional(),
  nodeSelector: labels.optional(),
  affinity: z.record(z.string(), z.unknown()).optional(),
  priorityClassName: name.optional(),
  tolerateAll: z.boolean().optional(),
};

const workload = z.strictObject({
  kind: z.enum(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController']),
  name,
  namespace: name.optional(),
  replicas: count.optional(),
  labels: labels.optional(),
  ...podShape,
});

const job = z.strictObject({
  name,
  namespace: name.optional(),
  active: count.optional(),
  succeeded: count.optional(),
  labels: labels.optional(),
  ...podShape,
});

const amount = z.union([z.int().min(0), z.string().regex(/^\d+%$/)]);

const pdb = z.strictObject({
  name,
  namespace: name.optional(),
  matchLabels: labels,
  minAvailable: amount.optional(),
  maxUnavailable: amount.optional(),
  unhealthyPodEvictionPolicy: z.enum(['AlwaysAllow', 'IfHealthyBudget']).optional(),
});

const barePod = z.strictObject({
  name,
  namespace: name.optional(),
  node: name.optional(),
  labels: labels.optional(),
  mirror: z.boolean().optional(),
  ...podShape,
});

const cluster = z.strictObject({
  /** false: hosts without Kubernetes. */
  kubernetes: z.boolean().optional(),
  nodes: z.array(node).min(1),
  workloads: z.array(workload).optional(),
  jobs: z.array(job).optional(),
  pdbs: z.array(pdb).optional(),
  pods: z.array(barePod).optional(),
  timings: podTimings.optional(),
  /** For the fleet file that is written; the simulated world knows nothing of it. */
  rollout: z
    .strictObject({
      waves: z
        .array(
          z.strictObject({
            sequences: z.array(z.int().min(0)).min(1),
            concurrency: z.union([z.int().min(1), z.string().regex(/^\d+%$/)]).optional(),
          }),
        )
        .min(1),
      maxUnavailable: z.union([z.int().min(1), z.string().regex(/^\d+%$/)]).optional(),
    })
    .optional(),
});

/** The file `simulate -f` reads: a whole simulated world. */
export const worldSchema = z
  .strictObject({
    name: name.optional(),
    /** Divides every latency. */
    speed: z.number().positive().optional(),
    stages: z.array(z.strictObject({ name, clusters: z.array(name).min(1) })).min(1),
    /** What holds for every host that does not say otherwise. */
    defaults: hostSettings.optional(),
    clusters: z.record(name, cluster),
  })
  .superRefine((world, context) => {
    for (const problem of problemsOf(world)) context.addIssue({ code: 'custom', message: problem });
  });

/** The same as a value. */
export type WorldSpec = z.input<typeof worldSchema>;
/** One cluster of it. */
export type ClusterSpec = z.input<typeof cluster>;
/** One node of a cluster. */
export type NodeSpec = z.input<typeof node>;
/** What may be said of a host alone or of all. */
export type HostSettings = z.input<typeof hostSettings>;

function problemsOf(spec: {
  stages: { name: string; clusters: string[] }[];
  clusters: Record<string, { nodes: { name: string }[] }>;
}): string[] {
  const staged = spec.stages.flatMap(stage => stage.clusters);
  const known = Object.keys(spec.clusters);
  const twice = (all: readonly string[]) => [...new Set(all.filter((one, at) => all.indexOf(one) !== at))];
  return [
    ...staged
      .filter(one => !known.includes(one))
      .map(one => `a stage names the cluster ${one}, which is not described`),
    ...known.filter(one => !staged.includes(one)).map(one => `the cluster ${one} is in no stage`),
    ...twice(staged).map(one => `the cluster ${one} is in two stages`),
    ...Object.entries(spec.clusters).flatMap(([cluster, { nodes }]) =>
      twice(nodes.map(one => one.name)).map(one => `the cluster ${cluster} has two nodes ${one}`),
    ),
  ];
}
