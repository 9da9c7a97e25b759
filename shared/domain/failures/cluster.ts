import type { FailureEntry } from './entry.ts';

/** Failures of the Kubernetes API. */
export const CLUSTER_FAILURES = {
  'cluster-unreachable': { retryable: true, todo: 'Check that the API server can be reached from here.' },
  'cluster-unauthorized': { retryable: false, todo: 'Check the credentials in the kubeconfig.' },
  'cluster-forbidden': { retryable: false, todo: 'Give the user the missing permission.' },
  'cluster-error': { retryable: true, todo: 'Look at the API server.' },
  'cluster-refused': { retryable: false, todo: 'The API server does not take this request: check its version.' },
  'cluster-certificate': {
    retryable: false,
    todo: 'The certificate of the API server is not trusted: check certificate-authority and server in the kubeconfig.',
  },
  'cluster-config': { retryable: false, todo: 'Check path and context of the kubeconfig in the fleet file.' },
  'node-missing': { retryable: false, todo: 'The Node object is gone: exclude the node or bring it back.' },
  'node-not-ours': {
    retryable: false,
    todo: 'Another installation or rollout has its mark on the node: end it there, or release it.',
  },
} as const satisfies Record<string, FailureEntry>;
