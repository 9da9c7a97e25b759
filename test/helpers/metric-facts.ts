import type { MetricFacts } from '../../shared/domain/metrics/facts.ts';

/** What metrics are made of where nothing is. */
export const NO_FACTS: MetricFacts = {
  rolloutStates: [],
  active: [],
  waits: [],
  uncounted: 0,
  counts: new Map(),
  successes: new Map(),
  holders: new Map(),
  gateHolds: [],
  engines: [],
  queues: [],
  targets: [],
  surveys: new Map(),
};
