import { startControllers } from '../controllers/start.ts';
import { administratorWith, Users } from './access/users.ts';
import type { Core } from './core.ts';
import { FaultRules } from './fault-rules.ts';
import { createHandler } from './handler.ts';
import { createObjects } from './objects.ts';
import { Pauses } from './pauses.ts';
import { seed } from './seed.ts';
import { pdbObject } from './seed-workloads.ts';
import { ApiServer } from './server.ts';
import { Store } from './store.ts';
import { Timers } from './timers.ts';
import type { SimApiOptions, SimCluster, SimTimings } from './types.ts';
import { createWatches } from './watch.ts';
import { tellWorld } from './world-acts.ts';

/** How long things take where nothing is said, in ms. */
export const DEFAULT_TIMINGS: SimTimings = {
  podStopMs: 500,
  podStartMs: 500,
  notReadyAfterMs: 2_000,
  kubeletReportMs: 500,
  heartbeatMs: 10_000,
  podEvictionMs: 300_000,
};

/**
 * Starts the API server of a simulated cluster and its controllers. When it resolves, every pod has its place and is
 * Ready, and the port is open.
 */
export async function startSimApi(options: SimApiOptions): Promise<SimCluster> {
  const core = newCore(options);
  const stopControllers = populate(core, options);
  const stopTelling = tellWorld(core);
  const watches = createWatches(core);
  const faults = new FaultRules(core, watches);
  const { cluster, host = '127.0.0.1', port = 0, tls } = options;
  const users = usersOf(options);
  const server = new ApiServer({ host, port, tls }, createHandler(core, watches, users), faults);
  const end = () => {
    faults.clear();
    stopTelling();
    stopControllers();
    core.timers.close();
  };
  await server.start().catch((error: unknown) => {
    end();
    throw error;
  });
  const objects = createObjects(core);

  return {
    cluster,
    get url() {
      return server.url;
    },
    objects,
    faults,
    requests: server.requests,
    kubeconfigEntry: (name, user) => kubeconfigEntry(name ?? cluster, server.url, tls, users.tokenOf(user)),
    setUser: user => users.put(user),
    setPdb: pdb => objects.put('poddisruptionbudgets', pdbObject(pdb)),
    removePdb: (namespace, name) => objects.delete('poddisruptionbudgets', namespace, name),
    start: () => server.start(),
    stop: () => server.stop(),
    async close() {
      end();
      await server.stop();
    },
  };
}

function usersOf({ token, users = [] }: SimApiOptions): Users {
  return new Users([...(token === undefined ? [] : [administratorWith(token)]), ...users]);
}

function newCore(options: SimApiOptions): Core {
  const now = Date.now;
  return {
    cluster: options.cluster,
    store: new Store({ watchHistory: options.watchHistory ?? 20_000, now }),
    world: options.world,
    timers: new Timers(options.speed ?? 1),
    pauses: new Pauses(),
    now,
    actor: 'controller:seed',
  };
}

/** Creates the objects and lets the controllers come to rest at once. */
function populate(core: Core, options: SimApiOptions): () => void {
  core.timers.instant = true;
  seed(core, options);
  const stop = startControllers(core, options, { ...DEFAULT_TIMINGS, ...options.timings });
  core.timers.flush();
  core.timers.instant = false;
  core.store.expire();
  return stop;
}

function kubeconfigEntry(name: string, url: string, tls: SimApiOptions['tls'], token: string | undefined) {
  const trust =
    tls === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': Buffer.from(tls.ca ?? tls.cert).toString('base64') };
  return {
    cluster: { name, cluster: { server: url, ...trust } },
    user: { name, user: token === undefined ? {} : { token } },
    context: { name, context: { cluster: name, user: name } },
  };
}
