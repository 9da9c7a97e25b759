import { instantText } from '../approval/text.ts';
import type { Fleet } from '../fleet.ts';
import type { Schedule, StartOutcome } from '../schedule.ts';
import { noticeOf } from './place.ts';
import { type Delivery, Routing } from './routing.ts';

const WORDS = {
  refused: 'was refused',
  failed: 'failed',
  missed: 'was missed',
  skipped: 'was left out',
} as const;

/** What is told of a start that came to nothing; nothing of one that began, or had nothing to do. */
export function startDeliveries(fleet: Fleet, schedule: Schedule, dueMs: number, outcome: StartOutcome): Delivery[] {
  const { notifications } = fleet;
  if (!notifications || outcome.kind === 'started' || outcome.kind === 'nothing') return [];
  const { name, narrow } = schedule;
  const isMeant = (cluster: string) => narrow.clusters.length === 0 || narrow.clusters.includes(cluster);
  const stages = fleet.stages.map(stage => ({
    name: stage.name,
    clusters: stage.clusters.filter(cluster => isMeant(cluster.name)),
  }));
  const scope = { id: `schedule-${name}`, plan: { fleet: fleet.name, notifications, stages } };
  const words = WORDS[outcome.kind];
  const notice = noticeOf(
    scope,
    { id: String(dueMs), atMs: dueMs },
    {
      event: 'schedule',
      severity: 'warning',
      title: `start of schedule ${name} ${words}`,
      what: `The start of schedule ${name} that was due at ${instantText(dueMs)} ${words}: no rollout has begun.`,
      why: outcome.note,
      todo: `see its last starts: nodetide schedule list; to start it now: nodetide schedule run-now ${name}`,
    },
  );
  const { rollout: _rollout, link: _link, ...fields } = notice.fields;
  const link = notifications.pageUrl === '' ? {} : { link: `${notifications.pageUrl}/schedules` };
  const routed = new Routing(scope, []).route({ ...notice, fields: { ...fields, ...link } });
  return routed.map(delivery => ({ ...delivery, rollout: '' }));
}
