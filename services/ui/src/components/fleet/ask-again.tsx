import { askHosts, isAsking } from '../../lib/survey.ts';
import { RoleButton } from '../role-button.tsx';

/** Asks the hosts of clusters anew what is due on them. */
export function AskAgain({ clusters, label }: { readonly clusters: readonly string[]; readonly label: string }) {
  const asking = clusters.length > 0 && clusters.every(isAsking);
  const words = asking ? 'Asking…' : label;
  const of = clusters.length === 1 ? `hosts of ${clusters[0]}` : 'all hosts';
  return (
    <RoleButton
      needs="operator"
      hindered={asking ? 'They are being asked now' : ''}
      label={`${words}: ${of}`}
      onClick={() => void askHosts(clusters)}
    >
      {words}
    </RoleButton>
  );
}
