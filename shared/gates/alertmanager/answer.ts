import type { Alert } from '../../domain/gate/alerts.ts';
import { labelsOf, listOf, objectOf } from '../server/shape.ts';

/**
 * Reads the answer of `/api/v2/alerts`: the alerts nobody silenced and none inhibits. Throws StepError `gate-answer` when it
 * is not as its OpenAPI document says.
 */
export function readAlerts(answer: unknown): readonly Alert[] {
  return listOf(answer, 'the answer').flatMap((given): Alert[] => {
    const { labels, status } = objectOf(given, 'an alert');
    const { silencedBy, inhibitedBy } = objectOf(status, 'its status');
    const isQuiet = listOf(silencedBy, 'silencedBy').length > 0 || listOf(inhibitedBy, 'inhibitedBy').length > 0;
    return isQuiet ? [] : [{ state: 'firing', labels: labelsOf(labels, 'its labels') }];
  });
}
