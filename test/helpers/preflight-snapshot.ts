import { closeSync, openSync, writeSync } from 'node:fs';

/** A generated cluster, as kubectl would print it, and what is wrong with it. */
export interface PlantedSnapshot {
  readonly fleet: string;
  readonly nodes: number;
  readonly pods: number;
  /** `code pod`, or `code node` where no pod is meant; sorted. */
  readonly blockers: readonly string[];
  /** Warnings that are planted; others may be there too. */
  readonly warnings: readonly string[];
}

const PER_NODE = 31;
const DAEMON_SETS = ['kube-proxy', 'node-exporter', 'csi-node'];
const REPLICAS = 9;
const WAVES = 10;

type Json = Record<string, unknown>;

/** Writes a snapshot of `count` nodes (a multiple of 100, at least 100) with about 30 pods each to `file`. */
export function writePlantedSnapshot(file: string, count: number): PlantedSnapshot {
  const out = openSync(file, 'w');
  let items = 0;
  const write = (item: Json): void => {
    writeSync(
      out,
      `${items++ === 0 ? '{\n    "apiVersion": "v1",\n    "items": [\n' : ',\n'}${JSON.stringify(item, null, 4)}`,
    );
  };
  const planted = new Planter(count, write);
  planted.all();
  writeSync(out, '\n    ],\n    "kind": "List",\n    "metadata": {"resourceVersion": ""}\n}\n');
  closeSync(out);
  const sequences = Array.from({ length: WAVES }, (_, at) => `{sequences: [${at + 1}], concurrency: 5}`);
  return {
    fleet: `fleet: big\nstages: [{name: all, clusters: [big]}]\nclusters:\n  big:\n    kubernetes: {context: big}\n    ssh: {user: ops, keyFile: no-such-key}\n    policy: {maxUnavailable: 5}\n    waves: [${sequences.join(', ')}]\n`,
    nodes: count,
    pods: planted.pods,
    blockers: planted.blockers.sort(),
    warnings: planted.warnings.sort(),
  };
}

class Planter {
  readonly blockers: string[] = [];
  readonly warnings: string[] = [];
  pods = 0;
  readonly #count: number;
  readonly #write: (item: Json) => void;
  /** Pods there are still to be on each node. */
  readonly #left: number[];

  constructor(count: number, write: (item: Json) => void) {
    this.#count = count;
    this.#write = write;
    this.#left = Array.from({ length: count }, () => PER_NODE);
  }

  all(): void {
    for (let at = 0; at < this.#count; at++) this.#node(at);
    for (const name of DAEMON_SETS) {
      this.#write({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'kube-system' } });
      for (let at = 0; at < this.#count; at++)
        this.#pod(`${name}-${at}`, at, { namespace: 'kube-system', kind: 'DaemonSet', owner: name, tolerateAll: true });
    }
    this.#budgetsThatNever();
    this.#severalBudgets();
    this.#withoutController();
    this.#fitNowhere();
    this.#pool();
    this.#quorum();
    this.#fill();
  }

  /** Node 0 to 2 are the control plane, 3 to 5 a pool of their own, 6 and 7 have a label each, 8 is larger. */
  #node(at: number): void {
    const labels: Record<string, string> = {
      'kubernetes.io/hostname': nodeName(at),
      'topology.kubernetes.io/zone': `zone-${at % 3}`,
      'nodetide.io/sequence': String((at % WAVES) + 1),
      ...(at < 3 ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      ...(at >= 3 && at < 6 ? { pool: 'db' } : {}),
      ...(at === 6 ? { disk: 'nvme' } : {}),
      ...(at === 7 ? { gpu: 'yes' } : {}),
    };
    const taints = at < 3 ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : [];
    if (at >= 3 && at < 6) taints.push({ key: 'pool', effect: 'NoSchedule' });
    const cpu = at === 8 ? '64' : '32';
    this.#write({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName(at), uid: `node-${at}`, resourceVersion: '1', labels },
      spec: { taints },
      status: {
        addresses: [{ type: 'InternalIP', address: `10.${at >> 8}.${at & 255}.1` }],
        allocatable: { cpu, memory: '131072Mi', 'ephemeral-storage': '100Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: at === 2 ? 'False' : 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }],
        nodeInfo: { bootID: `boot-${at}`, kernelVersion: '6.1.0', osImage: 'Debian', kubeletVersion: 'v1.33.0' },
      },
    });
  }

  #budgetsThatNever(): void {
    const kinds: [string, Json, number][] = [
      ['max-zero', { maxUnavailable: 0 }, 3],
      ['max-zero-percent', { maxUnavailable: '0%' }, 3],
      ['min-all', { minAvailable: 3 }, 3],
      ['min-all-percent', { minAvailable: '100%' }, 3],
      ['min-more', { minAvailable: 7 }, 3],
      ['single', { minAvailable: 1 }, 1],
    ];
    for (const [at, [name, spec, replicas]] of kinds.entries()) {
      this.#budget(name, 'planted', { app: name }, spec, { expected: replicas, desired: replicas, allowed: 0 });
      for (let replica = 0; replica < replicas; replica++) {
        const pod = this.#pod(`${name}-${replica}`, 20 + at * 7 + replica * 11, { app: name });
        this.blockers.push(`budgetNeverAllows ${pod}`);
      }
    }
    this.#budget('busy', 'planted', { app: 'busy' }, { maxUnavailable: 1 }, { expected: 3, desired: 2, allowed: 0 });
    for (let replica = 0; replica < 2; replica++) {
      this.warnings.push(`budgetAllowsNoneNow ${this.#pod(`busy-${replica}`, 12 + replica, { app: 'busy' })}`);
    }
  }

  #severalBudgets(): void {
    const fine = { expected: 3, desired: 2, allowed: 1 };
    this.#budget('one', 'planted', { app: 'twice' }, { maxUnavailable: 1 }, fine);
    this.#budget('two', 'planted', { tier: 'twice' }, { maxUnavailable: 1 }, fine);
    for (let replica = 0; replica < 3; replica++) {
      const pod = this.#pod(`twice-${replica}`, 70 + replica, { app: 'twice', tier: 'twice' });
      this.blockers.push(`severalBudgets ${pod}`);
    }
  }

  #withoutController(): void {
    for (const at of [10, 15, 99])
      this.blockers.push(`podWithoutController ${this.#pod(`naked-${at}`, at, { kind: null })}`);
    this.#pod('finished', 14, { kind: null, phase: 'Succeeded' });
  }

  #fitNowhere(): void {
    this.blockers.push(`doesNotFit ${this.#pod('labelled', 6, { nodeSelector: { disk: 'nvme' } })}`);
    this.blockers.push(`doesNotFit ${this.#pod('huge', 8, { cpu: '40' })}`);
    this.#budget('gpu', 'planted', { app: 'gpu' }, { maxUnavailable: 1 }, { expected: 2, desired: 1, allowed: 1 });
    for (const name of ['gpu-0', 'gpu-1']) {
      const pod = this.#pod(name, 7, { app: 'gpu', nodeSelector: { gpu: 'yes' } });
      this.blockers.push(`doesNotFit ${pod}`, `budgetTooTight ${pod}`);
    }
    const bound = this.#pod('bound', 9, { nodeSelector: { 'kubernetes.io/hostname': nodeName(9) } });
    this.warnings.push(`boundToNode ${bound}`);
    this.#pod('local', 11, { claim: 'local' });
    const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName(11)] }] };
    this.#write({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-local' },
      spec: { nodeAffinity: { required: { nodeSelectorTerms: [term] } } },
    });
    this.#write({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'local', namespace: 'planted' },
      spec: { volumeName: 'pv-local' },
    });
    this.warnings.push('boundToNode planted/local');
  }

  /** Three nodes of 32 cores with 24 requested on each: two are too few. */
  #pool(): void {
    for (const node of [3, 4, 5]) {
      for (let at = 0; at < 3; at++) {
        const pod = this.#pod(`pool-${node}-${at}`, node, {
          cpu: '8',
          nodeSelector: { pool: 'db' },
          tolerateAll: true,
          cordonToo: false,
        });
        // Node 3 goes first: the pods of the others cannot have moved by then, so that none has a place even alone.
        this.blockers.push(`${node === 3 ? 'doesNotFit' : 'tooLittleRoom'} ${pod}`);
      }
    }
  }

  #quorum(): void {
    this.blockers.push(`controlPlaneQuorum ${nodeName(0)}`, `controlPlaneQuorum ${nodeName(1)}`);
  }

  /** What a cluster is full of: replicas of many workloads, most with a budget, all with a place elsewhere. */
  #fill(): void {
    const places = Array.from({ length: this.#count }, (_, at) => at).filter(at => at >= 12);
    let workload = 0;
    for (let spot = 0; places.some(at => (this.#left[at] ?? 0) > 0); workload++) {
      const name = `app-${workload}`;
      const namespace = `team-${workload % 60}`;
      const [free, emptyDir] = [workload % 5 === 0, workload % 7 === 0];
      let replicas = 0;
      for (let tries = 0; replicas < REPLICAS && tries < places.length; tries++, spot += 37) {
        const at = places[spot % places.length] ?? 0;
        if ((this.#left[at] ?? 0) <= 0) {
          spot -= 36;
          continue;
        }
        const apart = workload % 3 === 0;
        this.#pod(`${name}-${replicas}`, at, { namespace, app: name, emptyDir, apart });
        replicas++;
      }
      const numbers = { expected: replicas, desired: replicas - 1, allowed: 1 };
      if (!free && replicas > 1) this.#budget(name, namespace, { app: name }, { maxUnavailable: 1 }, numbers);
    }
  }

  #budget(
    name: string,
    namespace: string,
    matchLabels: Json,
    spec: Json,
    numbers: { expected: number; desired: number; allowed: number },
  ): void {
    const { expected: expectedPods, desired: desiredHealthy, allowed: disruptionsAllowed } = numbers;
    this.#write({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace, generation: 1 },
      spec: { selector: { matchLabels }, ...spec },
      status: {
        observedGeneration: 1,
        expectedPods,
        desiredHealthy,
        disruptionsAllowed,
        currentHealthy: desiredHealthy + disruptionsAllowed,
      },
    });
  }

  /** Returns `namespace/name`. */
  #pod(name: string, at: number, how: PodShape): string {
    const namespace = how.namespace ?? 'planted';
    this.#left[at] = (this.#left[at] ?? 0) - 1;
    this.pods++;
    this.#write(podJson(name, namespace, nodeName(at), how));
    return `${namespace}/${name}`;
  }
}

interface PodShape {
  readonly namespace?: string;
  readonly app?: string;
  readonly tier?: string;
  /** null: no controller; default ReplicaSet. */
  readonly kind?: string | null;
  readonly owner?: string;
  readonly cpu?: string;
  readonly phase?: string;
  readonly nodeSelector?: Json;
  readonly tolerateAll?: boolean;
  readonly cordonToo?: boolean;
  readonly emptyDir?: boolean;
  readonly apart?: boolean;
  readonly claim?: string;
}

function nodeName(at: number): string {
  return `node-${String(at).padStart(4, '0')}`;
}

function podJson(name: string, namespace: string, node: string, how: PodShape): Json {
  const { app = name, tier, kind = 'ReplicaSet', owner = app, cpu = '250m', phase = 'Running' } = how;
  const labels = { app, ...(tier === undefined ? {} : { tier }), 'pod-template-hash': '5d4f8c7b9' };
  const owners =
    kind === null ? [] : [{ apiVersion: 'apps/v1', kind, name: owner, uid: `${owner}-uid`, controller: true }];
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } };
  const affinity = how.apart ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } : {};
  const volumes = [
    { name: 'token', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] } },
    ...(how.emptyDir ? [{ name: 'cache', emptyDir: {} }] : []),
    ...(how.claim === undefined ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: how.claim } }]),
  ];
  const probe = { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 1 };
  const env = Array.from({ length: 12 }, (_, at) => ({
    name: `SETTING_${at}`,
    value: `value of setting ${at} of ${name}`,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `${namespace}-${name}`,
      resourceVersion: '1',
      labels,
      ownerReferences: owners,
      annotations: { 'kubernetes.io/note': 'x'.repeat(300) },
    },
    spec: {
      nodeName: node,
      ...(how.nodeSelector ? { nodeSelector: how.nodeSelector } : {}),
      affinity,
      tolerations: tolerationsOf(how),
      volumes,
      containers: [
        {
          name: 'app',
          image: `registry.example/${app}:1.2.3`,
          env,
          livenessProbe: probe,
          readinessProbe: probe,
          resources: { requests: { cpu, memory: '256Mi' }, limits: { memory: '1Gi' } },
        },
      ],
    },
    status: {
      phase,
      podIP: '10.1.1.1',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        type => ({ type, status: phase === 'Running' ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }),
      ),
      containerStatuses: [
        {
          name: 'app',
          ready: phase === 'Running',
          restartCount: 0,
          image: 'i',
          imageID: `registry.example/${app}@sha256:${'0'.repeat(64)}`,
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        },
      ],
    },
  };
}

function tolerationsOf({ tolerateAll, cordonToo = true }: PodShape): Json[] {
  const usual = ['not-ready', 'unreachable'].map(key => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  if (!tolerateAll) return usual;
  return cordonToo ? [{ operator: 'Exists' }] : [...usual, { key: 'pool', operator: 'Exists' }];
}
