import { stepJobId } from '../../shared/domain/names.ts';
import type { EngineStore, StepRef, StepReport } from '../../shared/ports/engine-store.ts';
import type { ServiceLog } from './log.ts';
import { Once } from './once.ts';

/**
 * The same store, whose changes are logged with the ids of what they are about: so the log of all processes tells the
 * story of a node. What is asked again and again with the same answer is logged once.
 */
export function toldStore<S extends EngineStore>(store: S, log: ServiceLog): S {
  const told: Partial<EngineStore> = { ...toldSteps(store, log), ...toldTree(store, log) };
  return new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(told, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function toldSteps(store: EngineStore, log: ServiceLog): Partial<EngineStore> {
  const once = new Once();
  return {
    begin: async (rollout, ref, attempt) => {
      const answer = await store.begin(rollout, ref, attempt);
      // Later visits of the same attempt find that time has gone by.
      if (answer.kind === 'go' && answer.elapsedMs === 0) log.info({ ...idsOf(rollout, ref), attempt }, 'step started');
      const reason = 'reason' in answer ? answer.reason : '';
      const about = { ...idsOf(rollout, ref), outcome: answer.kind, reason };
      const isNews = answer.kind !== 'go' && answer.kind !== 'already';
      if (isNews && once.isNew(about.job, `${answer.kind} ${reason}`)) log.info(about, 'step not begun');
      return answer;
    },
    report: async (rollout, ref, epoch, report) => {
      const answer = await store.report(rollout, ref, epoch, report);
      if (answer.ok) tellReport(log, once, idsOf(rollout, ref), report);
      return answer;
    },
    stalled: async (rollout, ref, failure) => {
      const kept = await store.stalled(rollout, ref, failure);
      if (kept) log.error({ ...idsOf(rollout, ref), code: failure.code, error: failure.message }, 'step stalled');
      return kept;
    },
  };
}

function idsOf(rollout: string, { cluster, node, round, step }: StepRef) {
  return { rollout, cluster, node, step, round, job: stepJobId(rollout, cluster, node, round, step) };
}

function tellReport(log: ServiceLog, once: Once, ids: ReturnType<typeof idsOf>, report: StepReport): void {
  switch (report.outcome) {
    case 'done':
      return log.info({ ...ids, note: report.note }, 'step done');
    case 'skipped':
      return log.info({ ...ids, reason: report.reason }, 'step skipped');
    case 'waiting':
    case 'held':
      if (once.isNew(ids.job, report.reason)) log.info({ ...ids, reason: report.reason }, 'step waits');
      return undefined;
    case 'attempt-failed': {
      const { attempt, failure, retryInMs } = report;
      return log.warn({ ...ids, attempt, code: failure.code, error: failure.message, retryInMs }, 'attempt failed');
    }
    case 'failed': {
      const { attempt, failure } = report;
      return log.error({ ...ids, attempt, code: failure.code, error: failure.message }, 'step failed');
    }
    default:
      return undefined;
  }
}

function toldTree(store: EngineStore, log: ServiceLog): Partial<EngineStore> {
  const once = new Once();
  return {
    create: async (rollout, plan, by, ...more) => {
      const answer = await store.create(rollout, plan, by, ...more);
      if (answer.ok) log.info({ rollout, fleet: plan.fleet, by }, 'rollout created');
      return answer;
    },
    advance: async (rollout, advance) => {
      const answer = await store.advance(rollout, advance);
      const { type, ...about } = advance.event;
      if (answer.ok && answer.first === true) log.info({ rollout, ...about }, type.replaceAll('-', ' '));
      return answer;
    },
    claim: async (rollout, request) => {
      const answer = await store.claim(rollout, request);
      const { cluster, wave, slot } = request;
      const ids = { rollout, cluster, wave, job: slot };
      if (answer.kind === 'claimed') log.info({ ...ids, node: answer.node, round: answer.round }, 'node claimed');
      const isNews = answer.kind === 'closed' && once.isNew(slot, answer.reasons.join('\n'));
      if (isNews) log.info({ ...ids, reasons: answer.reasons }, 'slot waits');
      return answer;
    },
    waiting: async (rollout, place, reasons) => {
      await store.waiting(rollout, place, reasons);
      const { cluster, wave, slot } = place;
      if (!once.isNew(`${rollout} ${cluster} ${wave} ${slot}`, reasons.join('\n')) || reasons.length === 0) return;
      log.info({ rollout, cluster, wave, job: slot, reasons }, 'waits');
    },
    command: async (rollout, command, by, why) => {
      const answer = await store.command(rollout, command, by, why);
      const { kind, ...about } = command;
      log.info({ rollout, ...about, command: kind, by, why, ok: answer.ok, note: answer.note }, 'command');
      return answer;
    },
  };
}
