import { placeOpened, plannedApprovals } from '../approval/places.ts';
import { type ApprovalPlace, placeText } from '../command.ts';
import type { RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import type { Plan } from '../plan.ts';
import type { Finding } from './rules.ts';

/** A journal's times are read a moment after the store's judgement. */
const CLOCK_TOLERANCE_MS = 100;

/** What the rules about approvals and soaks keep. */
export interface Places {
  readonly plan: Plan;
  /** Names of the places at which approval is asked for. */
  readonly asked: ReadonlySet<string>;
  /** Name of a place → when its approval expires; null: never. */
  readonly given: Map<string, number | null>;
  /** Name of a stage or wave → when it was done. */
  readonly doneAtMs: Map<string, number>;
  /** `canary` of a wave → key of the node that was claimed first. */
  readonly first: Map<string, string>;
  /** Keys of nodes that hold a claim. */
  readonly away: Set<string>;
  /** Nothing new can begin. */
  aborting: boolean;
}

/** Before the first event. */
export function openPlaces(plan: Plan): Places {
  const asked = new Set(plannedApprovals(plan).map(each => placeText(each.place)));
  return {
    plan,
    asked,
    given: new Map(),
    doneAtMs: new Map(),
    first: new Map(),
    away: new Set(),
    aborting: false,
  };
}

/** An event against what came before it. */
export function checkPlaces(places: Places, event: RolloutEvent): Finding[] {
  if (places.aborting) return [];
  if (event.type === 'node-claimed') return event.adopted ? [] : checkCanary(places, event);
  const opened = placeOpened(event);
  if (!opened) return [];
  const found: Finding[] = [];
  if (!isApproved(places, opened, event.atMs)) {
    found.push(['approval', `${placeText(opened)} begins without an approval that holds`]);
  }
  const soak = soakBefore(places, opened);
  if (soak && event.atMs + CLOCK_TOLERANCE_MS < soak.untilMs) {
    found.push([
      'soak',
      `${placeText(opened)} begins ${soak.untilMs - event.atMs} ms before the soak of ${soak.of} is over`,
    ]);
  }
  return found;
}

function checkCanary(places: Places, event: Extract<RolloutEvent, { type: 'node-claimed' }>): Finding[] {
  const place = { of: 'canary', cluster: event.cluster, wave: event.wave } as const;
  const name = placeText(place);
  const first = places.first.get(name);
  const key = nodeKey(event.cluster, event.node);
  if (!places.asked.has(name) || first === undefined || first === key) return [];
  const found: Finding[] = [];
  if (!isApproved(places, place, event.atMs))
    found.push(['approval', `${key} is claimed without an approval of ${name}`]);
  // Once it has been through, a person may well have it done anew.
  else if (places.given.get(name) !== USED && places.away.has(first)) {
    found.push(['approval', `${key} is claimed while ${first}, the first of its wave, is away`]);
  }
  return found;
}

/** Further nodes were claimed by it: it holds for good. */
const USED = Number.POSITIVE_INFINITY;

function isApproved(places: Places, place: ApprovalPlace, atMs: number): boolean {
  const name = placeText(place);
  if (!places.asked.has(name)) return true;
  const expiresAtMs = places.given.get(name);
  return expiresAtMs !== undefined && (expiresAtMs === null || atMs <= expiresAtMs + CLOCK_TOLERANCE_MS);
}

function soakBefore({ plan, doneAtMs }: Places, opened: ApprovalPlace): { of: string; untilMs: number } | null {
  if (opened.of === 'stage') {
    const before = plan.stages[plan.stages.findIndex(stage => stage.name === opened.stage) - 1];
    return before ? soakOf(doneAtMs, { of: 'stage', stage: before.name }, before.soakMs) : null;
  }
  if (opened.of !== 'wave') return null;
  const { cluster: name, wave } = opened;
  const cluster = plan.stages.flatMap(stage => stage.clusters).find(each => each.name === name);
  return soakOf(doneAtMs, { of: 'wave', cluster: name, wave: wave - 1 }, cluster?.waves[wave - 1]?.soakMs);
}

function soakOf(
  doneAtMs: ReadonlyMap<string, number>,
  before: ApprovalPlace,
  soakMs = 0,
): { of: string; untilMs: number } | null {
  const of = placeText(before);
  const since = doneAtMs.get(of);
  return soakMs === 0 || since === undefined ? null : { of, untilMs: since + soakMs };
}

/** Enters an event that has been checked. */
export function enterPlaces(places: Places, event: RolloutEvent): void {
  switch (event.type) {
    case 'approved':
      places.given.set(placeText(event.place), event.expiresAtMs);
      break;
    case 'approval-revoked':
    case 'approval-expired':
      places.given.delete(placeText(event.place));
      break;
    case 'stage-done':
      places.doneAtMs.set(placeText({ of: 'stage', stage: event.stage }), event.atMs);
      break;
    case 'wave-done':
      places.doneAtMs.set(placeText({ of: 'wave', cluster: event.cluster, wave: event.wave }), event.atMs);
      break;
    case 'rollout-aborting':
      places.aborting = true;
      break;
    case 'slot-released':
      places.away.delete(nodeKey(event.cluster, event.node));
      break;
    case 'node-claimed':
      enterClaim(places, event);
      break;
    default:
      break;
  }
}

function enterClaim(places: Places, event: Extract<RolloutEvent, { type: 'node-claimed' }>): void {
  const name = placeText({ of: 'canary', cluster: event.cluster, wave: event.wave });
  const key = nodeKey(event.cluster, event.node);
  places.away.add(key);
  const first = places.first.get(name);
  if (first === undefined) places.first.set(name, key);
  else if (first !== key && !event.adopted && places.given.has(name)) places.given.set(name, USED);
}
