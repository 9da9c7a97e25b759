import type { KubeConfig } from '@kubernetes/client-node';
import { fail } from '../domain/failures/catalogue.ts';
import type { KubernetesTarget } from '../domain/plan.ts';

/**
 * Reads the KubeConfig of one cluster; it is never switched afterwards, because client-node looks up the credentials of
 * the *current* context at each request. StepError `cluster-config` when file or context do not exist.
 */
export function loadKubeConfig(name: string, target: KubernetesTarget, config: KubeConfig): void {
  try {
    if (target.inCluster) config.loadFromCluster();
    else if (target.kubeconfig !== undefined) config.loadFromFile(target.kubeconfig);
    else config.loadFromDefault();
  } catch (cause) {
    const where = target.inCluster ? 'in-cluster' : (target.kubeconfig ?? 'default');
    // A YAML parser quotes the lines around a mistake, and these may hold a token: neither they nor the error go on.
    const [why] = String(cause).split('\n');
    throw fail('cluster-config', { message: `${name}: cannot read the ${where} kubeconfig: ${why}` });
  }
  if (target.context !== undefined) chooseContext(name, target.context, config);
  if (!config.getCurrentCluster()) {
    throw fail('cluster-config', { message: `${name}: the kubeconfig has no current context with a cluster` });
  }
  mendQuirks(config);
}

function chooseContext(name: string, context: string, config: KubeConfig): void {
  if (!config.getContextObject(context)) {
    const known = config.getContexts().map(known => known.name);
    throw fail('cluster-config', {
      message: `${name}: the kubeconfig has no context ${context}`,
      seen: `contexts: ${known.join(', ') || 'none'}`,
    });
  }
  config.setCurrentContext(context);
}

/** client-node refuses `http://` without skipTLSVerify, and forgets the CA when the context names no user. */
function mendQuirks(config: KubeConfig): void {
  const context = config.getContextObject(config.getCurrentContext());
  config.clusters = config.clusters.map(cluster =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  if (!context || config.getCurrentUser()) return;
  const nobody = 'nobody';
  config.users = [...config.users.filter(user => user.name !== nobody), { name: nobody }];
  config.contexts = config.contexts.map(each => (each.name === context.name ? { ...each, user: nobody } : each));
}
