import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBody } from '../../../shared/domain/events.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import { Queues } from '../../../shared/queue/queues.ts';
import { connectRedis } from '../../../shared/redis/client/connect.ts';
import { startEmbeddedRedis } from '../../../shared/redis/server/embedded.ts';
import { listen, partsOf, rolloutsOf } from '../../helpers/api-server.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const CLUSTERS = 5;
const WAVES = 10;
const PER_WAVE = 100;
/** Events told at once. */
const AT_ONCE = 500;

/** A rollout of 5,000 nodes in a Redis of its own, served, whose journal is written by hand. */
export interface LargeRollout {
  readonly url: string;
  readonly id: string;
  readonly nodes: number;
  /** Events in the journal so far. */
  readonly events: number;
  /** One more update of each of so many nodes that are away. */
  update(nodes: number): Promise<void>;
  /** Pauses it for a reason that was not there before, which is what it resolves with. */
  mark(): Promise<string>;
  stop(): Promise<void>;
}

interface Place {
  readonly cluster: string;
  readonly wave: number;
  readonly node: string;
}

/** Starts it, with the first half of its nodes done and 500 of the others away. */
export async function startLargeRollout(): Promise<LargeRollout> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-bench-'));
  const server = await startEmbeddedRedis({ dir });
  const redis = await connectRedis(server.url, { role: 'worker' });
  const [store, queues] = [new RedisStore(redis, 'bench'), new Queues(redis, 'bench', () => {})];
  const { plan, places } = planned();
  const id = 'r-20260301-120000-larg';
  await store.create(id, plan, 'bench', false);
  let events = 0;
  const tell = async (bodies: readonly EventBody[]) => {
    events += bodies.length;
    for (let at = 0; at < bodies.length; at += AT_ONCE) {
      await Promise.all(bodies.slice(at, at + AT_ONCE).map(body => store.tell(id, body)));
    }
  };
  const half = places.length / 2;
  await tell(begun(places));
  await tell(places.slice(0, half).flatMap(place => wholeWay(place)));
  const away = places.slice(half, half + 500);
  await tell(away.map(place => claimed(place)));
  const api = await listen(partsOf(rolloutsOf({ store, queues })));
  const updates = updating(away);
  return {
    url: api.url,
    id,
    nodes: places.length,
    get events() {
      return events;
    },
    update: async nodes => {
      await tell(Array.from({ length: nodes }, () => updates.next().value));
    },
    mark: async () => {
      const why = `at event ${events}`;
      await tell([{ type: 'rollout-paused', by: 'bench', why }]);
      return why;
    },
    stop: async () => {
      await api.stop();
      await queues.close();
      redis.disconnect();
      await server.stop();
      await rm(dir, { recursive: true });
    },
  };
}

function planned() {
  const names = Array.from({ length: CLUSTERS }, (_, at) => `cluster-${at + 1}`);
  const wave = (at: number) => ({ nodes: Array.from({ length: PER_WAVE }, (_, node) => `node-${at + 1}-${node + 1}`) });
  const waves = Array.from({ length: WAVES }, (_, at) => ({ ...wave(at), concurrency: PER_WAVE }));
  const plan = tinyPlan({ stages: { prod: Object.fromEntries(names.map(name => [name, waves])) } });
  const places = waves.flatMap((each, at) =>
    names.flatMap(cluster => each.nodes.map((node): Place => ({ cluster, wave: at, node }))),
  );
  return { plan, places };
}

function begun(places: readonly Place[]): EventBody[] {
  const clusters = [...new Set(places.map(({ cluster }) => cluster))];
  return [
    { type: 'rollout-started' },
    { type: 'stage-started', stage: 'prod' },
    ...clusters.map((cluster): EventBody => ({ type: 'cluster-started', cluster })),
    ...clusters.flatMap(cluster =>
      Array.from({ length: WAVES }, (_, wave): EventBody => ({ type: 'wave-started', cluster, wave })),
    ),
  ];
}

const slotOf = ({ node }: Place) => `slot-${node}`;

function claimed(place: Place): EventBody {
  return { type: 'node-claimed', ...place, slot: slotOf(place), round: 1, adopted: false };
}

function wholeWay(place: Place): EventBody[] {
  const { cluster, node } = place;
  const of = { cluster, node, round: 1 };
  const steps = STEPS.flatMap((step): EventBody[] => [
    { type: 'step-started', ...of, step, attempt: 1, epoch: 1 },
    { type: 'step-done', ...of, step, proof: { kind: step, rebooted: true }, note: `${step} is done` },
  ]);
  return [
    claimed(place),
    ...steps,
    { type: 'node-done', ...of },
    { type: 'slot-released', ...place, slot: slotOf(place) },
  ];
}

/** Without end: each node in turn, through its steps with two words in between. */
function* updating(places: readonly Place[]): Generator<EventBody, never> {
  for (let at = 0; ; at += 1) {
    const step = STEPS[Math.floor(at / 2) % STEPS.length] ?? 'drain';
    for (const { cluster, node } of places) {
      const of = { cluster, node, round: 1, step };
      if (at % 2 === 0) yield { type: 'step-started', ...of, attempt: 1, epoch: at };
      else yield { type: 'step-waiting', ...of, reason: `update ${at} of ${node}`, held: false };
    }
  }
}
