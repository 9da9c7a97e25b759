import type { Alert } from '../../domain/gate/alerts.ts';
import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import type { PrometheusGateSettings, PrometheusQuestion } from '../../domain/gate/prometheus.ts';
import { clip } from '../../domain/text.ts';
import { judgeAlerts } from '../alerts/judge.ts';
import { labelsText } from '../alerts/labels-text.ts';
import type { Gate, GateQuestion } from '../gate.ts';
import { askJson } from '../server/ask.ts';
import { type PrometheusFacts, readVector, type Sample } from './answer.ts';

const MOST_SAMPLES = 3;
const MOST_WARNING = 200;

/** Alerts that fire in Prometheus, or a query that gives something, keep nodes from being taken. */
export const prometheusGate: Gate<PrometheusGateSettings, PrometheusFacts> = {
  kind: 'prometheus',
  scope: () => 'cluster',
  gather: async ({ server, ask, timeoutMs }, from) => {
    const query = { query: queryOf(ask), timeout: `${timeoutMs}ms` };
    return readVector(await askJson(server, '/api/v1/query', query, from));
  },
  judge,
};

/** Prometheus keeps a series ALERTS for each alert that is pending or fires. */
function queryOf(ask: PrometheusQuestion): string {
  if (ask.kind === 'query') return ask.query;
  return ask.pending ? 'ALERTS{alertstate=~"firing|pending"}' : 'ALERTS{alertstate="firing"}';
}

function judge(
  { ask, warnings }: PrometheusGateSettings,
  facts: PrometheusFacts,
  { nodes }: GateQuestion,
): GateVerdict {
  const verdict =
    ask.kind === 'query' ? judgeQuery(facts.samples) : judgeAlerts(ask.filter, facts.samples.map(alertOf), nodes);
  const warned = facts.warnings.map(warning => `Prometheus warns: ${clip(warning, MOST_WARNING)}`);
  if (!verdict.open) return { ...verdict, reasons: [...verdict.reasons, ...warned] };
  return warned.length === 0 || warnings === 'ignore' ? OPEN : closed(warned, 'when the answer is whole');
}

function alertOf({ labels }: Sample): Alert {
  return { state: labels['alertstate'] === 'pending' ? 'pending' : 'firing', labels };
}

function judgeQuery(samples: readonly Sample[]): GateVerdict {
  if (samples.length === 0) return OPEN;
  const shown = samples.slice(0, MOST_SAMPLES).map(({ labels, value }) => `{${labelsText(labels)}} ${value}`);
  const more = samples.length > MOST_SAMPLES ? [`${samples.length - MOST_SAMPLES} more`] : [];
  return closed([`the query gives ${[...shown, ...more].join('; ')}`], 'when it gives nothing');
}
