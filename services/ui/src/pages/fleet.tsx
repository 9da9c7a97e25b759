import { StateBadge } from '../components/badge.tsx';
import { overview } from '../lib/overview.ts';

/** Every cluster that is known. */
export function Fleet() {
  const seen = overview.value;
  return (
    <>
      <h1>Fleet</h1>
      <ul>
        {seen?.rollouts.map(rollout => (
          <li key={rollout.id}>
            <a href={`/rollouts/${rollout.id}`}>{rollout.id}</a> <StateBadge state={rollout.state} />
          </li>
        ))}
      </ul>
    </>
  );
}
