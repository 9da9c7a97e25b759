import { type Notice, type NoticeEvent, type NoticeMessage, SEVERITIES, type Severity } from './notice.ts';
import type { Scope } from './place.ts';
import type { Spell } from './spell.ts';
import type { NotifyPolicy, NotifyRoute, NotifyTarget } from './target.ts';
import { writeMessage } from './template.ts';

/** A message on its way to a target. JSON-safe; holds no secret. */
export interface Delivery {
  /** The same for the same message, whoever decides it and how often; fit for a header. */
  readonly id: string;
  /** Messages of one lane arrive in the order in which they were decided. */
  readonly lane: string;
  /** Empty: of no rollout. */
  readonly rollout: string;
  readonly fleet: string;
  readonly target: NotifyTarget;
  readonly message: NoticeMessage;
}

const NOBODY: NotifyPolicy = { pageUrl: '', targets: [], routes: [] };

/** Who hears what of one rollout. A target hears the same thing once, by the first route that wants it told. */
export class Routing {
  readonly #about: Scope;
  readonly #policy: NotifyPolicy;
  /** `key target` of spells. */
  readonly #told: Set<string>;

  constructor(about: Scope, told: readonly string[]) {
    this.#about = about;
    this.#policy = about.plan.notifications ?? NOBODY;
    this.#told = new Set(told);
  }

  told(): readonly string[] {
    return [...this.#told];
  }

  /** To whom a notice goes. */
  route(notice: Notice): Delivery[] {
    return this.#each(notice, notice.event, () => true);
  }

  /** To whom a spell is told now, each once. */
  blocked(spell: Spell, nowMs: number, notice: () => Notice): Delivery[] {
    const lasts = nowMs - spell.sinceMs;
    // Most are short: no words are made for them.
    if (!this.#policy.routes.some(route => hears(route, 'blocked') && lasts >= route.blockedForMs)) return [];
    const due = (route: NotifyRoute, target: string) =>
      lasts >= route.blockedForMs && !this.#told.has(`${spell.key} ${target}`);
    const deliveries = this.#each(notice(), 'blocked', due);
    for (const { target } of deliveries) this.#told.add(`${spell.key} ${target.name}`);
    return deliveries;
  }

  /** To whom the end of a spell is told: to those who heard of it. */
  over(spell: Spell, notice: Notice): Delivery[] {
    const deliveries = this.#each(notice, 'blocked', (_route, target) => this.#told.has(`${spell.key} ${target}`));
    for (const { target } of deliveries) this.#told.delete(`${spell.key} ${target.name}`);
    return deliveries;
  }

  #each(notice: Notice, event: NoticeEvent, wants: (route: NotifyRoute, target: string) => boolean): Delivery[] {
    const found = new Map<string, Delivery>();
    for (const route of this.#policy.routes) {
      if (!hears(route, event) || !isOf(route, notice, this.#about)) continue;
      if (rank(notice.weight) < rank(route.minSeverity)) continue;
      for (const name of route.to) {
        const target = this.#policy.targets.find(each => each.name === name);
        if (!target || found.has(name) || !wants(route, name)) continue;
        found.set(name, delivery(this.#about, notice, target, route));
      }
    }
    return [...found.values()];
  }
}

/** The lane of a target: targets of different fleets do not know each other. */
export function laneOf(fleet: string, target: string): string {
  return `${fleet}_${target}`;
}

function delivery({ id: rollout, plan }: Scope, notice: Notice, target: NotifyTarget, route: NotifyRoute): Delivery {
  return {
    id: `${rollout}_${notice.key}_${target.name}`,
    lane: laneOf(plan.fleet, target.name),
    rollout,
    fleet: plan.fleet,
    target,
    message: writeMessage(notice, route.template),
  };
}

function hears({ events }: NotifyRoute, event: NoticeEvent): boolean {
  return events.includes(event);
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function isOf({ clusters, stages }: NotifyRoute, notice: Notice, { plan }: Scope): boolean {
  if (clusters.length === 0 && stages.length === 0) return true;
  const ofStages = plan.stages.filter(({ name }) => stages.includes(name)).flatMap(stage => stage.clusters);
  const meant = new Set([...clusters, ...ofStages.map(({ name }) => name)]);
  return notice.clusters.some(name => meant.has(name));
}
