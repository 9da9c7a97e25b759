import type { FailureEntry } from './entry.ts';

/** Failures of the Kubernetes API. */
export const CLUSTER_FAILURES = {
  'cluster-unreachable': {
    retryable: true,
    todo: 'Check that the API server can be reached from here (nodetide doctor; kubectl get --raw /readyz).',
  },
  'cluster-unauthorized': { retryable: false, todo: 'Check the credentials in the kubeconfig.' },
  'cluster-forbidden': {
    retryable: false,
    todo: 'Give the user of the kubeconfig the permission named; nodetide doctor lists all that are needed.',
  },
  'cluster-error': {
    retryable: true,
    todo: 'Look at load and logs of the API server and of what it asks (etcd, admission webhooks), then retry the node.',
  },
  'cluster-refused': { retryable: false, todo: 'The API server does not take this request: check its version.' },
  'cluster-certificate': {
    retryable: false,
    todo: 'The certificate of the API server is not trusted: check certificate-authority and server in the kubeconfig.',
  },
  'cluster-config': { retryable: false, todo: 'Check path and context of the kubeconfig in the fleet file.' },
  'cluster-no-such-resource': {
    retryable: true,
    todo: 'Look with kubectl api-resources what the resource is called there, and whether what serves it (a CRD, an aggregated API) is installed and well.',
  },
  'snapshot-unreadable': {
    retryable: false,
    todo: 'Make it anew with kubectl get nodes,pods,pdb,ds,pv,pvc -A -o json > FILE.',
  },
  'node-missing': { retryable: false, todo: 'The Node object is gone: exclude the node or bring it back.' },
  'node-not-ours': {
    retryable: false,
    todo: 'Another rollout has its mark on the node: end it there. If it is dead: look whether the host is well, then nodetide release NAME (nodetide doctor says whose it is).',
  },
  'node-changed': { retryable: false, todo: 'Somebody marked the node just now: look again with nodetide doctor.' },
} as const satisfies Record<string, FailureEntry>;
