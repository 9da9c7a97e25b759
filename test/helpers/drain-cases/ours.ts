import { judgeNode, podName } from '../../../services/workers/common/drain/judge.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { DrainPolicy } from '../../../shared/domain/policy.ts';
import { drainToEnd } from '../drain-to-end.ts';
import { POLICY } from '../step-world.ts';
import type { DrainOptions } from './case.ts';
import type { Ending, Verdicts } from './kubectl.ts';
import { CASE_NODE, type SeededCase } from './seed.ts';

/** One for each drain: what waits on it is counted. */
function never(): AbortSignal {
  return new AbortController().signal;
}

function policyOf(options: DrainOptions): DrainPolicy {
  return { ...POLICY.drain, ...options };
}

/** Our verdicts, as the drain step reaches them; nothing is changed. */
export async function judge(seeded: SeededCase, options: DrainOptions): Promise<Verdicts> {
  const judged = await judgeNode(seeded.api, CASE_NODE, policyOf(options), Date.now(), never());
  return {
    evict: judged.evict.map(podName).toSorted(),
    refused: judged.refused.map(({ pod, reason }) => `${obstacleOf(reason)}: ${pod}`).toSorted(),
    daemonSets: judged.skipped.flatMap(({ pod, reason }) => (reason === 'DaemonSet-managed' ? [pod] : [])).toSorted(),
  };
}

function obstacleOf(reason: string): string {
  if (reason.includes('DaemonSet is gone')) return 'DaemonSet gone';
  if (reason.startsWith('DaemonSet-managed Pods')) return 'DaemonSet';
  if (reason.startsWith('Pods with local storage')) return 'local storage';
  if (reason.startsWith('Pods that declare no controller')) return 'no controller';
  return reason;
}

/** Drains the node over HTTP, at most so long. */
export async function drain(seeded: SeededCase, options: DrainOptions, timeoutMs: number): Promise<Ending> {
  const fence = { installation: 'here', rollout: 'r1', node: CASE_NODE, round: 1, epoch: 1 };
  try {
    await drainToEnd({ cluster: seeded.api, fence, policy: policyOf(options), timeoutMs });
    return 'drained';
  } catch (error) {
    return ENDINGS[failureOf(error).code] ?? `unknown: ${failureOf(error).message}`;
  }
}

const ENDINGS: Readonly<Record<string, Ending>> = {
  'drain-obstacles': 'obstacles',
  'drain-impossible': 'impossible',
  'drain-timeout': 'timeout',
};
