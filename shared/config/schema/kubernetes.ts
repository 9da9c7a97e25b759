import { z } from 'zod';
import { option, section } from '../option.ts';
import { path, words, yesNo } from '../values.ts';

const targetSchema = section('Kubernetes', "How the cluster's API is reached.", {
  kubeconfig: option(path, 'The kubeconfig.', { otherwise: 'KUBECONFIG, else ~/.kube/config' }),
  context: option(words, 'Context in the kubeconfig. The current context is never used: it may be another tomorrow.', {
    otherwise: 'must be said, unless inCluster is true',
  }),
  inCluster: option(yesNo, 'Use the service account of the pod this runs in.', { default: false }),
});

const EITHER = '{context: NAME}, {inCluster: true}, or none (hosts without Kubernetes)';

/** `kubernetes` of a cluster. */
export const kubernetesSchema = z.union([z.literal('none'), targetSchema], { error: EITHER });
