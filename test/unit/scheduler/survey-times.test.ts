import { expect, it } from 'vitest';
import type { PlanningDeps } from '../../../services/scheduler/planning/deps.ts';
import { SurveyTimes } from '../../../services/scheduler/planning/survey-times.ts';

const MINUTE_MS = 60_000;
const CLUSTER = { name: 'dev', stage: 'dev', waves: [] };

/** Looks every ten seconds; `outdated`: hosts that a rollout was done with since they answered. */
function world() {
  const state = { nowMs: 0, surveyedAtMs: 0 as number | null, outdated: [] as string[], asked: [] as string[] };
  const deps = {
    fleetFile: '/fleet.yaml',
    surveyEveryMs: 6 * 60 * MINUTE_MS,
    clock: { now: () => state.nowMs },
    store: { now: async () => state.nowMs, active: async () => [] },
    surveys: {
      forgetOthers: async () => {},
      survey: async () => (state.surveyedAtMs === null ? null : { atMs: state.surveyedAtMs }),
      outdated: async () => state.outdated,
    },
    planningQueue: {
      addSurvey: async (cluster: string, _file: string, outdated: boolean) =>
        void state.asked.push(`${cluster} ${outdated ? 'outdated' : 'all'}`),
    },
  };
  const times = new SurveyTimes(deps as unknown as PlanningDeps);
  const look = async (forMs: number): Promise<string[]> => {
    state.asked = [];
    for (const endMs = state.nowMs + forMs; state.nowMs < endMs; state.nowMs += 10_000) await times.look([CLUSTER]);
    return state.asked;
  };
  return { state, look };
}

it('hosts that cannot be asked, as they are gone or their cluster does not answer, are not asked for every ten seconds', async () => {
  const { state, look } = world();
  expect(await look(MINUTE_MS)).toEqual([]);
  state.outdated = ['n1'];
  expect(await look(9 * MINUTE_MS)).toEqual(['dev outdated']);
  expect(await look(10 * MINUTE_MS)).toEqual(['dev outdated']);
  // Another one that is done is asked at once.
  state.outdated = ['n1', 'n2'];
  expect(await look(MINUTE_MS)).toEqual(['dev outdated']);
});

it('a cluster that was never asked, and cannot be, is asked for every ten minutes', async () => {
  const { state, look } = world();
  state.surveyedAtMs = null;
  expect(await look(19 * MINUTE_MS)).toEqual(['dev all', 'dev all']);
});
