import { type Json, type Kube, textAt } from './object.ts';
import { checkNewEvent } from './validate.ts';

/** A kind that is kept in another form than it is served in. */
export interface View {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** What a client sends, as it is kept. Throws ApiError. */
  toKept(given: Json): Json;
  /** What is kept, as clients see it. */
  toShown(kept: Kube): Kube;
}

/** Names of the same fields in the newer group and the older one. */
const eventFields: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function renamed(object: Json, from: 0 | 1): Json {
  const to = from === 0 ? 1 : 0;
  const names = new Map(eventFields.map(pair => [pair[from], pair[to]]));
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]));
}

const newEvents: View = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  toKept(given) {
    checkNewEvent(given, textAt(given, 'metadata', 'name'));
    const empty = { source: {}, firstTimestamp: null, lastTimestamp: null };
    return { ...empty, ...renamed(given, 0), apiVersion: 'v1' };
  },
  toShown(kept) {
    const empty = { deprecatedSource: {}, deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null };
    return { ...empty, ...renamed(kept, 1), apiVersion: 'events.k8s.io/v1', metadata: kept.metadata };
  },
};

const oldAutoscalers: View = {
  group: 'autoscaling',
  version: 'v1',
  plural: 'horizontalpodautoscalers',
  toKept: given => ({ ...given, apiVersion: 'autoscaling/v2' }),
  toShown: kept => ({ ...kept, apiVersion: 'autoscaling/v1' }),
};

/** The view at `group/version/plural`; undefined: it is served as it is kept, or not at all. */
export function findView(group: string, version: string, plural: string): View | undefined {
  return [newEvents, oldAutoscalers].find(
    view => view.group === group && view.version === version && view.plural === plural,
  );
}
