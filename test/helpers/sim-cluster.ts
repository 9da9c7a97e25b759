import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimApi } from '../../services/simulator/api/start.ts';
import type { SimApiOptions, SimCluster } from '../../services/simulator/api/types.ts';
import type { SimMachine } from '../../services/simulator/world.ts';
import { openWorldLog, type WorldJournal } from '../../services/simulator/world-log.ts';
import { openCluster } from '../../shared/kubernetes/open.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';

/** A simulated API server, without machines that boot, and the real client on it. */
export interface SimApiWithClient {
  readonly sim: SimCluster;
  readonly world: WorldJournal;
  readonly api: ClusterApi;
  close(): Promise<void>;
}

const FAST = { podStopMs: 30, podStartMs: 30, notReadyAfterMs: 50, kubeletReportMs: 20, heartbeatMs: 200 };
let counter = 0;

/** Nodes `a`, `b` … with boot ids `boot-a` …; `kube` is what there is besides. `trusted` false: the client lacks the CA. */
export async function simCluster(
  nodes: readonly string[],
  kube: Partial<SimApiOptions> & { readonly https?: boolean; readonly trusted?: boolean } = {},
): Promise<SimApiWithClient> {
  const { https = false, trusted = true, ...options } = kube;
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-kube-'));
  const world = openWorldLog();
  const sim = await startSimApi({
    cluster: 'sim',
    nodes: nodes.map(name => ({ machine: machineOf(name) })),
    timings: FAST,
    world,
    ...(https ? { tls: certificate(folder), token: 'secret' } : {}),
    ...options,
  });
  const file = join(folder, 'kubeconfig');
  const { cluster: whole, user, context } = sim.kubeconfigEntry();
  const cluster = trusted ? whole : { name: whole.name, cluster: { server: sim.url } };
  const text = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], users: [user], contexts: [context] };
  writeFileSync(file, JSON.stringify(text));
  const api = openCluster(`sim-${counter++}`, { inCluster: false, kubeconfig: file, context: 'sim' });
  return {
    sim,
    world,
    api,
    close: async () => {
      await api.close();
      await sim.close();
      world.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A machine that is up and stays so. */
export function machineOf(name: string): SimMachine {
  const os = { kernel: '6.1.0-1', osImage: 'Debian GNU/Linux 12' };
  return { cluster: 'sim', name, up: true, bootId: `boot-${name}`, ...os, onChange: () => () => undefined };
}

function certificate(folder: string): { key: string; cert: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...args, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
