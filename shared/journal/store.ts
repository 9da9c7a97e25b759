import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { placeOpened, plannedApprovals } from '../domain/approval/places.ts';
import { type Command, placeText } from '../domain/command.ts';
import type { NodeTimes } from '../domain/durations/times.ts';
import type { MadeEstimate } from '../domain/estimate/made.ts';
import type { EventBody, RolloutEvent } from '../domain/events.ts';
import type { Failure } from '../domain/failure.ts';
import { holdKey, nodeKey } from '../domain/names.ts';
import { type NodeFlag, type NodeRecord, newNodeRecord } from '../domain/node-record.ts';
import { type Plan, planClusters, planNodes } from '../domain/plan.ts';
import { predecessorOf, STEPS, type StepName } from '../domain/steps.ts';
import type {
  Advance,
  AskAnswer,
  Asking,
  BeginAnswer,
  ClaimAnswer,
  ClaimRequest,
  EngineStore,
  KeptHold,
  ProvenAt,
  ReportAnswer,
  RetryRef,
  RolloutMeta,
  StepRef,
  StepReport,
} from '../ports/engine-store.ts';
import type { RebootTurn } from '../ports/reboot-times.ts';
import type { EngineProcess } from '../ports/store.ts';
import { keepTimes } from './durations.ts';
import { storeKeys } from './keys.ts';
import { digestOf, placeOf, readProvenBefore } from './proven.ts';
import { readRound } from './read-events.ts';
import { JournalReader } from './reader.ts';
import { rebootTurn } from './reboot-times.ts';
import { reportEvent } from './report-event.ts';
import { listOf, runScript, type StoreScript } from './run-script.ts';
import { CHANGE_HOLD } from './scripts/hold.ts';
import { SCRIPTS } from './scripts.ts';
import { RedisSurveyStore } from './survey-store.ts';

/** A process not heard of for this long is taken off the list. */
const ENGINE_FORGOTTEN_MS = 3_600_000;

/** The store on Redis: see {@link EngineStore}. Keys begin with `prefix`. */
export class RedisStore extends JournalReader implements EngineStore {
  readonly #surveys: RedisSurveyStore;

  constructor(redis: Redis, prefix: string) {
    super(redis, storeKeys(prefix));
    this.#surveys = new RedisSurveyStore(redis, prefix);
  }

  async installation(): Promise<string> {
    await this.redis.setnx(this.keys.installation, randomBytes(6).toString('hex'));
    return (await this.redis.get(this.keys.installation)) ?? '';
  }

  async create(
    id: string,
    plan: Plan,
    by: string,
    takeOver: boolean,
    estimate?: MadeEstimate,
  ): Promise<{ ok: true } | { ok: false; cluster: string; holder: string }> {
    const installation = await this.installation();
    const waves = planClusters(plan).flatMap(cluster => cluster.waves.map(wave => ({ cluster, wave })));
    const records = waves.flatMap(({ wave }) =>
      wave.nodes.map(node => [nodeKey(node.cluster, node.name), newNodeRecord(wave.index, node.controlPlane)]),
    );
    const request = {
      meta: { by, installation, state: 'running', ...budgetsOf(plan), takeOver, wake: 0 },
      clusters: planClusters(plan).map(cluster => cluster.name),
      nodes: Object.fromEntries(records) as Record<string, NodeRecord>,
      concurrency: Object.fromEntries(
        waves.map(({ cluster, wave }) => [`${cluster.name}/${wave.index}`, wave.concurrency]),
      ),
      approvals: approvalsOf(plan),
      event: { type: 'rollout-created', by, installation, ...(estimate && { estimate }) } satisfies EventBody,
    };
    return this.#run(SCRIPTS.create, id, request, {
      keys: [this.keys.rollouts, this.keys.rollout(id).plan],
      args: [JSON.stringify(plan)],
    });
  }

  async holds(): Promise<Readonly<Record<string, KeptHold>>> {
    const kept = await this.redis.hgetall(this.keys.holds);
    return Object.fromEntries(Object.entries(kept).map(([key, text]) => [key, JSON.parse(text) as KeptHold]));
  }

  async changeHold(cluster: string, gate: string, before: KeptHold | null, after: KeptHold | null): Promise<boolean> {
    const text = (hold: KeptHold | null): string => (hold === null ? '' : JSON.stringify(hold));
    const key = holdKey(cluster, gate);
    return (await this.redis.eval(CHANGE_HOLD, 1, this.keys.holds, key, text(before), text(after))) === 1;
  }

  async meta(id: string): Promise<RolloutMeta | null> {
    const meta = await this.redis.hmget(this.keys.rollout(id).meta, 'state', 'installation', 'takeOver');
    if (meta[0] === null || meta[0] === undefined) return null;
    return {
      state: meta[0] as RolloutMeta['state'],
      installation: meta[1] ?? '',
      takeOver: meta[2] === 'true',
    };
  }

  async active(): Promise<string[]> {
    const ids = await this.redis.zrange(this.keys.rollouts, '0', '-1');
    const states = await Promise.all(ids.map(id => this.redis.hget(this.keys.rollout(id).meta, 'state')));
    return ids.filter((_, at) => states[at] !== 'done' && states[at] !== 'aborted');
  }

  async wake(id: string): Promise<number> {
    return Number(await this.redis.hget(this.keys.rollout(id).meta, 'wake'));
  }

  async advance(id: string, advance: Advance): Promise<{ ok: boolean; first?: boolean; why?: string }> {
    const { event, soak = null } = advance;
    const place = placeOpened(event);
    return this.#run(SCRIPTS.advance, id, { ...advance, place: place ? placeText(place) : null, soak });
  }

  async ask(id: string, { place, soak, wants, ...more }: Asking): Promise<AskAnswer> {
    const { sinceMark = '', trouble = false, give = '' } = more;
    const request = { place: placeText(place), soak: soak ?? null, wants, sinceMark, trouble, give };
    const answer = await this.#run<Partial<AskAnswer>>(SCRIPTS.ask, id, request);
    const { open = false, nowMs = 0, soakUntilMs = null, wanted = null } = answer;
    const { sinceMs = 0, wellSinceMs = null } = wanted ?? {};
    return { open, nowMs, soakUntilMs, wanted: wanted && { sinceMs, wellSinceMs } };
  }

  async hasMark(id: string, mark: string): Promise<boolean> {
    return (await this.redis.hexists(this.keys.rollout(id).meta, `mark:${mark}`)) === 1;
  }

  async openWave(id: string, cluster: string): Promise<number | null> {
    const wave = await this.redis.hget(this.keys.rollout(id).meta, `open:${cluster}`);
    return wave === null ? null : Number(wave);
  }

  async openSlots(
    id: string,
    cluster: string,
    wave: number,
    idPrefix: string,
  ): Promise<{ open: boolean; ids: readonly string[] }> {
    const answer = await this.#run<{ open: boolean; ids: string[] | object }>(SCRIPTS.slots, id, {
      cluster,
      wave,
      idPrefix,
    });
    return { open: answer.open, ids: listOf<string>(answer.ids) };
  }

  async claim(id: string, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#run(SCRIPTS.claim, id, request);
  }

  async pending(id: string, cluster: string, wave: number): Promise<string[]> {
    return this.redis.smembers(`${this.keys.rollout(id).sets}pending:${cluster}/${wave}`);
  }

  async node(id: string, cluster: string, node: string): Promise<NodeRecord | null> {
    const [record] = await this.nodes(id, [nodeKey(cluster, node)]);
    return record ?? null;
  }

  async nodes(id: string, keys: readonly string[]): Promise<(NodeRecord | null)[]> {
    if (keys.length === 0) return [];
    const texts = await this.redis.hmget(this.keys.rollout(id).nodes, ...keys);
    return texts.map(text => (text === null ? null : (JSON.parse(text) as NodeRecord)));
  }

  async heldBy(id: string, slot: string): Promise<string | null> {
    return this.redis.hget(this.keys.rollout(id).holding, slot);
  }

  async holdings(id: string): Promise<Record<string, string>> {
    return this.redis.hgetall(this.keys.rollout(id).holding);
  }

  async finished(id: string, cluster: string, node: string, round: number): Promise<StepName[]> {
    const fields = STEPS.map(step => `${nodeKey(cluster, node)}/${round}/${step}`);
    const results = await this.redis.hmget(this.keys.rollout(id).results, ...fields);
    return STEPS.filter((_, at) => results[at] !== null);
  }

  async shortBefore(id: string, cluster: string, node: string, round: number): Promise<readonly string[]> {
    const text = await this.redis.hget(this.keys.rollout(id).memory, `${nodeKey(cluster, node)}/${round}/recovery`);
    return listOf<string>(JSON.parse(text ?? '[]') as string[] | object);
  }

  async roundEvents(id: string, of: Omit<StepRef, 'step'>): Promise<RolloutEvent[]> {
    return readRound(this.redis, this.keys.rollout(id).journal, of);
  }

  async nextReboot(cluster: string, by: string, minMs: number): Promise<RebootTurn> {
    return rebootTurn(this.redis, this.keys.reboots, 'look', cluster, by, minMs);
  }

  async takeReboot(cluster: string, by: string, minMs: number): Promise<RebootTurn> {
    return rebootTurn(this.redis, this.keys.reboots, 'take', cluster, by, minMs);
  }

  async rebooted(cluster: string, by: string): Promise<void> {
    await rebootTurn(this.redis, this.keys.reboots, 'proven', cluster, by, 0);
  }

  async keepTimes(cluster: string, kind: string, times: NodeTimes): Promise<boolean> {
    return keepTimes(this.redis, this.keys.durations(cluster), kind, times);
  }

  async keepNodeDone(cluster: string, node: string, atMs: number, patchedAtMs: number | null): Promise<void> {
    await this.#surveys.keepNodeDone(cluster, node, atMs, patchedAtMs);
  }

  async begin(id: string, ref: StepRef, attempt: number): Promise<BeginAnswer> {
    const earlier = STEPS.slice(0, STEPS.indexOf(ref.step));
    const answer = await this.#run<Record<string, unknown>>(SCRIPTS.begin, id, {
      key: nodeKey(ref.cluster, ref.node),
      round: ref.round,
      step: ref.step,
      previous: predecessorOf(ref.step) ?? '',
      attempt,
      earlier,
    });
    if (answer['kind'] !== 'go') return answer as BeginAnswer;
    const kept = listOf<string>(answer['proofs'] as string[] | object);
    const proofs = earlier.map((step, at) => [step, JSON.parse(kept[at] || 'null')] as const);
    return {
      kind: 'go',
      epoch: answer['epoch'] as number,
      installation: answer['installation'] as string,
      elapsedMs: answer['elapsedMs'] as number,
      waited: answer['waited'] === true,
      flag: answer['flag'] as NodeFlag,
      memory: JSON.parse((answer['memory'] as string) || 'null'),
      hooks: JSON.parse((answer['hooks'] as string) || 'null'),
      proofs: Object.fromEntries(proofs.filter(([, proof]) => proof !== null)),
    };
  }

  async report(id: string, ref: StepRef, epoch: number, report: StepReport): Promise<ReportAnswer> {
    const { cluster, node, round, step } = ref;
    const keep = keptOf(report);
    const hooks = report.outcome === 'failed' && report.hooks ? JSON.stringify(report.hooks) : '';
    const reason = 'failure' in report ? report.failure.message : 'reason' in report ? report.reason : '';
    const forOthers = report.outcome === 'waiting' && report.forOthers ? { forOthers: true } : {};
    const request = { key: nodeKey(cluster, node), round, step, epoch, outcome: report.outcome, reason, ...forOthers };
    const event = reportEvent(ref, report);
    return this.#run(SCRIPTS.record, id, request, {
      args: [JSON.stringify(keep), event === null ? '' : JSON.stringify(event), hooks],
    });
  }

  async prove(
    id: string,
    ref: StepRef,
    epoch: number,
    at: ProvenAt,
    entries: readonly string[],
  ): Promise<ReportAnswer> {
    const { sets } = this.keys.rollout(id);
    const place = placeOf(at);
    const digest = digestOf(entries);
    if ((await this.redis.sismember(`${sets}proven:${place}`, digest)) === 1) return { ok: true };
    const known = new Set((await readProvenBefore(this.redis, sets, at)).entries);
    const { cluster, node, round, step } = ref;
    const request = { key: nodeKey(cluster, node), round, step, epoch, place };
    const members = [digest, ...entries.filter(entry => !known.has(entry))];
    return this.#run(SCRIPTS.prove, id, request, { args: [JSON.stringify(members)] });
  }

  async proven(id: string, at: ProvenAt): Promise<{ entries: readonly string[]; groups: readonly string[] }> {
    return readProvenBefore(this.redis, this.keys.rollout(id).sets, at);
  }

  async stalled(id: string, ref: StepRef, failure: Failure): Promise<boolean> {
    const event = { type: 'step-failed', ...ref, attempt: 0, failure } satisfies EventBody;
    const request = { key: nodeKey(ref.cluster, ref.node), ...ref, reason: failure.message, event };
    return (await this.#run<{ ok: boolean }>(SCRIPTS.stalled, id, request)).ok;
  }

  async waiting(
    id: string,
    place: { cluster: string; wave: number; slot: string },
    reasons: readonly string[],
  ): Promise<void> {
    await this.#run(SCRIPTS.wait, id, { ...place, reasons });
  }

  async command(
    id: string,
    command: Command,
    by: string,
    why: string,
  ): Promise<{ ok: boolean; note: string; retry: readonly RetryRef[] }> {
    const plan = command.kind === 'abort' ? await this.plan(id) : null;
    const keys = plan ? planNodes(plan).map(node => nodeKey(node.cluster, node.name)) : [];
    const answer = await this.#run<{ ok: boolean; note: string; retry: RetryRef[] | object }>(SCRIPTS.command, id, {
      ...command,
      placeName: 'place' in command ? placeText(command.place) : '',
      by,
      why,
      keys,
    });
    return { ...answer, retry: listOf<RetryRef>(answer.retry) };
  }

  async tell(id: string, event: EventBody): Promise<void> {
    await this.redis.xadd(this.keys.rollout(id).journal, '*', 'e', JSON.stringify(event));
  }

  async heartbeat(process: EngineProcess): Promise<void> {
    const seenAtMs = await this.now();
    const added = await this.redis.hset(this.keys.engines, process.id, JSON.stringify({ ...process, seenAtMs }));
    if (added > 0) await this.#forgetSilent(seenAtMs);
  }

  /** Processes that were killed never say goodbye. */
  async #forgetSilent(now: number): Promise<void> {
    const all = Object.entries(await this.redis.hgetall(this.keys.engines));
    const silent = all.filter(([, text]) => now - (JSON.parse(text) as EngineProcess).seenAtMs > ENGINE_FORGOTTEN_MS);
    if (silent.length > 0) await this.redis.hdel(this.keys.engines, ...silent.map(([id]) => id));
  }

  async goodbye(processId: string): Promise<void> {
    await this.redis.hdel(this.keys.engines, processId);
  }

  async #run<T>(
    script: StoreScript,
    id: string,
    request: unknown,
    extra: { keys?: readonly string[]; args?: readonly string[] } = {},
  ): Promise<T> {
    return runScript<T>(this.redis, script, this.keys.rollout(id), this.keys.holders, id, request, extra);
  }
}

/** Failure budgets as fields of the meta hash: of the rollout, and of the clusters and waves that have one. */
function budgetsOf(plan: Plan): Record<string, number> {
  const given: [string, number][] = [];
  for (const { name, failureBudget, waves } of planClusters(plan)) {
    if (failureBudget !== undefined) given.push([`budget:${name}`, failureBudget]);
    for (const wave of waves) {
      if (wave.failureBudget !== undefined) given.push([`budget:${name}/${wave.index}`, wave.failureBudget]);
    }
  }
  return { failureBudget: plan.failureBudget, ...Object.fromEntries(given) };
}

/** What is kept of each approval that the plan asks for. */
function approvalsOf(plan: Plan): Record<string, object> {
  const entries = plannedApprovals(plan).map(({ place, policy }) => {
    const { expiresMs, autoMs } = policy;
    const times = { ...(expiresMs === null ? {} : { expiresMs }), ...(autoMs === null ? {} : { autoMs }) };
    return [placeText(place), { place, ...times, state: '', sinceMs: 0 }] as const;
  });
  return Object.fromEntries(entries);
}

function keptOf(report: StepReport): unknown {
  switch (report.outcome) {
    case 'memory':
      return report.memory;
    case 'hooks':
      return report.kept;
    case 'done':
      return report.proof;
    default:
      return null;
  }
}
