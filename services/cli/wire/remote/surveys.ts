import type { ClusterSurvey } from '../../../../shared/domain/survey/survey.ts';
import type { Overview } from '../../../../shared/domain/view/overview.ts';
import type { SurveyReader } from '../../../../shared/ports/survey.ts';
import type { ServerClient } from './client.ts';
import { part } from './rollouts.ts';

/** What the hosts of a server's clusters said when they were asked last. */
export function remoteSurveys(client: ServerClient): SurveyReader {
  return {
    surveys: async () => {
      const { clusters } = await client.get<Overview>('/overview');
      const surveys: ClusterSurvey[] = [];
      for (const { name, due } of clusters) {
        if (due) surveys.push(await client.get<ClusterSurvey>(`/clusters/${part(name)}/due`));
      }
      return surveys;
    },
  };
}
