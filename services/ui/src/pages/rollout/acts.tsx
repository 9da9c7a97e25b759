import type { RolloutStatus } from '../../../../../shared/domain/status.ts';
import { ActButton } from '../../components/act.tsx';

interface ActsProps {
  readonly id: string;
  readonly rollout: Omit<RolloutStatus, 'nodes'>;
  readonly failed: number;
}

/** What can be done with the rollout as a whole; nothing once it has ended. */
export function Acts({ id, rollout, failed }: ActsProps) {
  const { state, failureBudget } = rollout;
  if (state === 'done' || state === 'aborted') return null;
  const isHalted = state === 'paused' || state === 'stopping';
  const isEnding = state === 'aborting';
  return (
    <div class="acts" role="group" aria-label="Acts on the rollout">
      {isHalted && <ActButton rollout={id} command={{ kind: 'resume' }} isMain />}
      {!isEnding && state !== 'paused' && <ActButton rollout={id} command={{ kind: 'pause' }} />}
      {!isEnding && !isHalted && <ActButton rollout={id} command={{ kind: 'stop' }} label="Stop after open waves" />}
      {!isEnding && failed > 0 && <ActButton rollout={id} command={{ kind: 'retry-all' }} isMain={!isHalted} />}
      {!isEnding && (
        <ActButton
          rollout={id}
          command={{ kind: 'failure-budget', place: { of: 'rollout' }, budget: failureBudget }}
          now={failureBudget}
        />
      )}
      {!isEnding && <ActButton rollout={id} command={{ kind: 'abort' }} />}
    </div>
  );
}
