import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import { isCordonedByUs } from '../cordon.ts';
import type { DrainContext } from './context.ts';

const CORDON_CHECK_MS = 5_000;

/** Rejects with `drain-cordon-lost` when the node is uncordoned or gone, with the signal's reason when aborted. */
export async function watchCordon(
  context: Pick<DrainContext, 'cluster' | 'fence' | 'clock'>,
  signal: AbortSignal,
): Promise<never> {
  const { fence, clock } = context;
  for (;;) {
    await clock.sleep(CORDON_CHECK_MS, signal);
    const node = await readQuietly(context, signal);
    if (node === 'unknown' || (node !== null && isCordonedByUs(node, fence))) continue;
    throw fail('drain-cordon-lost', {
      message: node === null ? `the Node ${fence.node} is gone` : `${fence.node} was uncordoned during its drain`,
      leftAs: 'some of its pods are evicted',
    });
  }
}

/** A passing trouble of the API is for the evictions to report. */
async function readQuietly({ cluster, fence }: Pick<DrainContext, 'cluster' | 'fence'>, signal: AbortSignal) {
  try {
    return await cluster.getNode(fence.node, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (failureOf(error).retryable) return 'unknown';
    throw error;
  }
}
