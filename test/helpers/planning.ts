import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { SILENT_LOG } from '../../services/common/log.ts';
import { type PlanningDesk, planningDesk } from '../../services/common/planning/desk.ts';
import type { HostProbe } from '../../services/common/planning/probe.ts';
import type { RunningService } from '../../services/common/running.ts';
import { schedulesOf } from '../../services/common/schedules.ts';
import { startScheduler } from '../../services/scheduler/main.ts';
import { findWork } from '../../services/workers/main.ts';
import { shellControl } from '../../shared/control/shell.ts';
import type { Draft } from '../../shared/domain/draft/draft.ts';
import type { ClusterSurvey } from '../../shared/domain/survey/survey.ts';
import { sshHosts } from '../../shared/hosts/ssh/connector.ts';
import { RedisDraftStore } from '../../shared/journal/draft-store.ts';
import { RedisPlannerStore } from '../../shared/journal/planner-store.ts';
import { RedisScheduleStore } from '../../shared/journal/schedule-store.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { RedisSurveyStore } from '../../shared/journal/survey-store.ts';
import { openCluster } from '../../shared/kubernetes/open.ts';
import { PACKAGE_MANAGERS } from '../../shared/packages/managers.ts';
import { httpProbes } from '../../shared/probes/http.ts';
import { PlanningQueue } from '../../shared/queue/planning-queue.ts';
import { Queues } from '../../shared/queue/queues.ts';
import { ScheduleQueue } from '../../shared/queue/schedule-queue.ts';
import { JumpClock } from './jump-clock.ts';
import { until } from './scheduled.ts';

/** A desk and schedulers with a fleet file in a corner of a Redis; no workers: rollouts begun stay as they are. */
export interface Planned {
  readonly desk: PlanningDesk;
  readonly clock: JumpClock;
  readonly store: RedisStore;
  readonly surveys: RedisSurveyStore;
  /** Starts a scheduler, until the test ends or it is stopped. */
  scheduler(
    fleetFile: string,
    more?: { readonly probe?: HostProbe; readonly surveyEveryMs?: number },
  ): Promise<RunningService>;
  /** The draft once it is ready or refused. */
  made(id: string): Promise<Draft>;
  /** A survey for which it holds. */
  surveyed(cluster: string, wanted: (survey: ClusterSurvey) => boolean): Promise<ClusterSurvey>;
  /** Of the real probe. */
  readonly probe: HostProbe;
}

/** Everything started ends with the test. */
export async function planned(prefix: string, connect: () => Promise<Redis>): Promise<Planned> {
  const connection = await connect();
  const clock = new JumpClock();
  const store = new RedisStore(connection, prefix);
  const queues = new Queues(connection, prefix, () => {});
  const scheduleQueue = new ScheduleQueue(connection, prefix, () => {});
  const planningQueue = new PlanningQueue(connection, prefix, () => {});
  const schedules = schedulesOf(new RedisScheduleStore(connection, prefix), scheduleQueue, () => store.now());
  const drafts = new RedisDraftStore(connection, prefix);
  const planners = new RedisPlannerStore(connection, prefix);
  const surveys = new RedisSurveyStore(connection, prefix);
  const asked = { drafts, planners, surveys, planningQueue };
  const running = new Set<RunningService>();
  onTestFinished(async () => {
    await Promise.all([...running].map(each => each.stop()));
    await Promise.all([scheduleQueue.close(), planningQueue.close(), queues.close()]);
  });
  const probe: HostProbe = async (host, policy, signal) =>
    findWork({ host, policy, managers: PACKAGE_MANAGERS, signal }, await host.facts(signal));
  const desk = planningDesk({ ...asked, store, queues, schedules });
  return {
    ...{ desk, clock, store, surveys, probe },
    scheduler: async (fleetFile, more = {}) => {
      const service = await startScheduler({
        ...{ store, queues, connection, clock, control: shellControl, probes: httpProbes },
        connectCluster: openCluster,
        log: SILENT_LOG,
        planning: {
          ...asked,
          openHosts: async () => sshHosts({ tell: () => {} }),
          probe,
          fleetFile,
          surveyEveryMs: 0,
          env: {},
          ...more,
        },
      });
      running.add(service);
      return { stop: async () => void (running.delete(service) && (await service.stop())) };
    },
    made: id =>
      until(async () => {
        const draft = await desk.draft(id);
        return draft?.state === 'ready' || draft?.state === 'refused' ? draft : undefined;
      }, `draft ${id}`),
    surveyed: (cluster, wanted) =>
      until(async () => {
        const survey = await desk.survey(cluster);
        return survey && wanted(survey) ? survey : undefined;
      }, `a survey of ${cluster}`),
  };
}
