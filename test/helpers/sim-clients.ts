import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { SimCluster } from '../../services/simulator/api/types.ts';

/** The text of a kubeconfig for these clusters; the first is current. */
export function kubeconfigText(...clusters: readonly SimCluster[]): string {
  const entries = clusters.map(cluster => cluster.kubeconfigEntry());
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(entry => entry.cluster),
    users: entries.map(entry => entry.user),
    contexts: entries.map(entry => entry.context),
    'current-context': clusters[0]?.cluster,
  });
}

/** A client's configuration for a cluster. */
export function kubeConfigFor(cluster: SimCluster): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(kubeconfigText(cluster));
  return config;
}

/** A self-signed certificate for 127.0.0.1, made by openssl; undefined where there is none. */
export function selfSigned(): { key: string; cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sim-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=simulator', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A kubeconfig in a folder of its own, for commands. */
export function kubeconfigFile(...clusters: readonly SimCluster[]): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sim-kube-'));
  const path = join(folder, 'config');
  writeFileSync(path, kubeconfigText(...clusters), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
