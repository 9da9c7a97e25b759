import { z } from 'zod';
import { DEFAULT_RATE } from '../../domain/plan.ts';
import { option, section } from '../option.ts';
import { path, whole, words, yesNo } from '../values.ts';

export const kubernetesTable = {
  kubeconfig: option(path, 'The kubeconfig.', { otherwise: 'KUBECONFIG, else ~/.kube/config' }),
  context: option(words, 'Context in the kubeconfig. The current context is never used: it may be another tomorrow.', {
    otherwise: 'must be said, unless inCluster is true',
  }),
  inCluster: option(yesNo, 'Use the service account of the pod this runs in.', { default: false }),
  qps: option(
    whole(1, 10_000),
    'Most requests a second to this API server, from each process, for as long as it takes.',
    {
      default: DEFAULT_RATE.qps,
    },
  ),
  burst: option(whole(1, 100_000), 'Most requests at once after a rest; from then on qps holds.', {
    default: DEFAULT_RATE.burst,
  }),
};

const targetSchema = section('Kubernetes', "How the cluster's API is reached.", kubernetesTable);

const EITHER = '{context: NAME}, {inCluster: true}, or none (hosts without Kubernetes)';

/** `kubernetes` of a cluster. */
export const kubernetesSchema = z.union([z.literal('none'), targetSchema], { error: EITHER });
