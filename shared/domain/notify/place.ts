import { instantText } from '../approval/text.ts';
import type { Plan } from '../plan.ts';
import type { StepName } from '../steps.ts';
import type { Notice, NoticeEvent, NoticeField, Severity } from './notice.ts';

/** What is told of: a rollout, or something of its fleet. */
export interface Scope {
  readonly id: string;
  readonly plan: Pick<Plan, 'fleet' | 'notifications'> & {
    readonly stages: readonly { readonly name: string; readonly clusters: readonly { readonly name: string }[] }[];
  };
}

/** The rollout that is told of. */
export interface About extends Scope {
  readonly plan: Plan;
}

/** What is to be told, before it has its place. */
export interface Told {
  readonly event: NoticeEvent;
  readonly severity: Severity;
  /** Default: the severity. */
  readonly weight?: Severity;
  /** Without the fleet's name. */
  readonly title: string;
  readonly what: string;
  readonly why?: string;
  readonly by?: string;
  readonly seen?: string;
  readonly state?: string;
  readonly todo?: string;
  /** Empty or missing: the rollout as a whole. */
  readonly stage?: string;
  readonly cluster?: string;
  /** From 0; -1 or missing: none. */
  readonly wave?: number;
  readonly node?: string;
  readonly step?: StepName | null;
}

/** A notice with its place. `at`: the event it comes from, whose id makes its key. */
export function noticeOf(about: Scope, at: { readonly id: string; readonly atMs: number }, told: Told): Notice {
  const { event, severity, weight = severity, title, wave = -1, step, cluster = '', node = '', ...texts } = told;
  const { plan, id: rollout } = about;
  const stage = texts.stage || stageOf(plan, cluster);
  const fields: Partial<Record<NoticeField, string>> = {
    ...texts,
    title: `[${plan.fleet}] ${title}`,
    time: instantText(at.atMs),
    fleet: plan.fleet,
    rollout,
    stage,
    cluster,
    wave: wave < 0 ? '' : String(wave + 1),
    node,
    step: step ?? '',
    link: linkOf(about, cluster, node),
  };
  const given = Object.entries(fields).filter(([, text]) => text !== '');
  return {
    key: `${at.id}-${event}`,
    event,
    severity,
    weight,
    atMs: at.atMs,
    clusters: clustersOf(plan, cluster, texts.stage ?? ''),
    fields: Object.fromEntries(given),
  };
}

function linkOf({ plan, id }: Scope, cluster: string, node: string): string {
  const base = plan.notifications?.pageUrl ?? '';
  if (base === '') return '';
  const page = `${base}/rollouts/${encodeURIComponent(id)}`;
  return node === '' ? page : `${page}/nodes/${encodeURIComponent(cluster)}/${encodeURIComponent(node)}`;
}

function stageOf(plan: Scope['plan'], cluster: string): string {
  return plan.stages.find(stage => stage.clusters.some(({ name }) => name === cluster))?.name ?? '';
}

function clustersOf(plan: Scope['plan'], cluster: string, stage: string): string[] {
  if (cluster !== '') return [cluster];
  const meant = plan.stages.filter(({ name }) => stage === '' || name === stage);
  return meant.flatMap(({ clusters }) => clusters.map(({ name }) => name));
}
