import type { NodeView } from '../../shared/domain/facts.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import type { GateMoment, GateVerdict } from '../../shared/domain/gate/gate.ts';
import type { GateSettings } from '../../shared/domain/gate/settings.ts';
import type { PlanCluster, PlanNode } from '../../shared/domain/plan.ts';
import type { GateQuestion } from '../../shared/gates/gate.ts';
import { gateOf } from '../../shared/gates/registry.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';
import type { Control } from '../../shared/ports/control.ts';
import type { Probes } from '../../shared/ports/probe.ts';

/** What a gate keeper asks with. */
export interface GateKeeperDeps {
  readonly connectCluster: ClusterConnector;
  readonly control: Control;
  readonly probes: Probes;
  readonly clock: Clock;
}

/** Which gates are asked, and for whom. */
export interface GateAsk {
  readonly moment: GateMoment;
  readonly rollout: string;
  readonly cluster: PlanCluster;
  /** The cluster's Nodes as seen just now; missing: they are read, if there is a gate to ask. */
  readonly nodes?: ReadonlyMap<string, NodeView>;
  /** In the order in which they would be taken. */
  readonly candidates: readonly PlanNode[];
}

/** What the gates of a moment say; empty lists: all are open. */
export interface GateAnswers {
  /** Why none of the nodes may go. */
  readonly shut: readonly string[];
  /** Why one of them may not, by name; those that were not asked for yet are in it, too. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  /** When a closed gate may open, ms since the epoch; null: soon, nothing is known. */
  readonly lookAgainAtMs: number | null;
  /** Nodes of which never two may be away, by the name of the gate that says so; of gates that could be asked. */
  readonly oneAtATime: ReadonlyMap<string, readonly string[]>;
}

const NONE: GateAnswers = { shut: [], nodes: new Map(), lookAgainAtMs: null, oneAtATime: new Map() };

/** Whoever asks at the same moment shares the facts; they are never older than this. */
const SHARED_FOR_MS = 1_000;
/** Gates with facts of each node are asked about so many nodes at a time. */
const MOST_EACH = 5;

/** Asks the gates of a cluster. An answer that cannot be had closes, and says so. */
export class GateKeeper {
  readonly #deps: GateKeeperDeps;
  readonly #shared = new Map<string, { readonly sinceMs: number; readonly facts: Promise<unknown> }>();

  constructor(deps: GateKeeperDeps) {
    this.#deps = deps;
  }

  /** Never rejects but with the signal's reason. */
  async ask(ask: GateAsk, signal: AbortSignal): Promise<GateAnswers> {
    const gates = ask.cluster.policy.gates.filter(gate => gate.at.includes(ask.moment));
    if (gates.length === 0) return NONE;
    const nodes = ask.nodes ?? (await this.#nodes(ask.cluster, signal));
    signal.throwIfAborted();
    if (typeof nodes === 'string') return { ...NONE, shut: [nodes] };
    const isEach = (gate: GateSettings) => gateOf(gate).scope(gate) === 'each';
    const others = gates.filter(gate => !isEach(gate));
    const answers = await Promise.all(others.map(gate => this.#askOne(gate, ask, nodes, signal)));
    // Last, and only about nodes that nothing else holds back.
    for (const gate of gates.filter(isEach)) {
      const { shut, nodes: closed } = together(answers);
      const candidates = ask.candidates.filter(({ name }) => !closed.has(name));
      if (shut.length === 0) answers.push(await this.#askEach(gate, { ...ask, candidates }, nodes, signal));
    }
    signal.throwIfAborted();
    return together(answers);
  }

  async #nodes(cluster: PlanCluster, signal: AbortSignal): Promise<ReadonlyMap<string, NodeView> | string> {
    if (!cluster.kubernetes) return new Map();
    try {
      const list = await this.#deps.connectCluster(cluster.name, cluster.kubernetes).listNodes(signal);
      return new Map(list.map(node => [node.name, node]));
    } catch (error) {
      return `cluster ${cluster.name} cannot be asked: ${failureOf(error).message}`;
    }
  }

  async #askOne(
    gate: GateSettings,
    ask: GateAsk,
    nodes: ReadonlyMap<string, NodeView>,
    signal: AbortSignal,
  ): Promise<GateAnswers> {
    const question = { ...ask, nodes, nowMs: this.#deps.clock.now() };
    if (gateOf(gate).scope(gate) === 'cluster') {
      const node = ask.moment === 'claim' ? null : (ask.candidates[0] ?? null);
      const verdict = await this.#verdict(gate, { ...question, node }, null, signal);
      return { ...NONE, shut: reasonsOf(gate, verdict), lookAgainAtMs: laterOf(verdict) };
    }
    const verdicts = await Promise.all(
      ask.candidates.map(
        async node => [node.name, await this.#verdict(gate, { ...question, node }, null, signal)] as const,
      ),
    );
    return { ...ofNodes(gate, verdicts), oneAtATime: await this.#oneAtATime(gate, ask, nodes, signal) };
  }

  /** Asks about a few nodes at a time, until one may go. */
  async #askEach(
    gate: GateSettings,
    ask: GateAsk,
    nodes: ReadonlyMap<string, NodeView>,
    signal: AbortSignal,
  ): Promise<GateAnswers> {
    const verdicts: (readonly [string, GateVerdict])[] = [];
    while (verdicts.length < ask.candidates.length && !verdicts.some(([, { open }]) => open)) {
      const next = ask.candidates.slice(verdicts.length, verdicts.length + MOST_EACH);
      const answers = next.map(async node => {
        const question = { ...ask, nodes, node, nowMs: this.#deps.clock.now() };
        return [node.name, await this.#verdict(gate, question, node, signal)] as const;
      });
      verdicts.push(...(await Promise.all(answers)));
      signal.throwIfAborted();
    }
    const notYet = ask.candidates
      .slice(verdicts.length)
      .map(node => [node.name, [`${gate.name}: not asked yet`]] as const);
    const answers = ofNodes(gate, verdicts);
    return { ...answers, nodes: new Map([...answers.nodes, ...notYet]) };
  }

  /** A gate that cannot be asked is closed to all nodes anyway. */
  async #oneAtATime(
    gate: GateSettings,
    { moment, rollout, cluster }: GateAsk,
    nodes: ReadonlyMap<string, NodeView>,
    signal: AbortSignal,
  ): Promise<GateAnswers['oneAtATime']> {
    const kind = gateOf(gate);
    if (!kind.oneAtATime) return NONE.oneAtATime;
    const question = { moment, rollout, cluster, nodes, node: null, nowMs: this.#deps.clock.now() };
    try {
      const facts = await this.#facts(gate, question, null, signal);
      return new Map([[gate.name, kind.oneAtATime(gate, facts, question)]]);
    } catch {
      return NONE.oneAtATime;
    }
  }

  async #verdict(
    settings: GateSettings,
    question: GateQuestion,
    factsOf: PlanNode | null,
    signal: AbortSignal,
  ): Promise<GateVerdict> {
    try {
      const facts = await this.#facts(settings, question, factsOf, signal);
      return gateOf(settings).judge(settings, facts, question);
    } catch (error) {
      const reasons = [`cannot be asked: ${failureOf(error).message}`];
      return { open: false, reasons, opens: 'when it answers', lookAgainAtMs: null };
    }
  }

  #facts(
    settings: GateSettings,
    { cluster, moment, rollout }: GateQuestion,
    node: PlanNode | null,
    signal: AbortSignal,
  ) {
    const { clock, connectCluster, control, probes } = this.#deps;
    const key = JSON.stringify([cluster.name, moment, rollout, node?.name ?? '', settings]);
    const known = this.#shared.get(key);
    const ageMs = known ? clock.now() - known.sinceMs : -1;
    // An age below zero: the clock was set back.
    if (known && ageMs >= 0 && ageMs < SHARED_FOR_MS) return known.facts;
    this.#forgetOld();
    const late = AbortSignal.timeout(settings.timeoutMs);
    const api = cluster.kubernetes ? connectCluster(cluster.name, cluster.kubernetes) : null;
    const from = { cluster, api, control, probes, moment, rollout, signal: AbortSignal.any([signal, late]) };
    const facts = gateOf(settings)
      .gather(settings, from, node)
      .catch((error: unknown) => {
        if (late.aborted && !signal.aborted) throw new Error(`no answer within ${settings.timeoutMs / 1000} s`);
        throw error;
      });
    this.#shared.set(key, { sinceMs: clock.now(), facts });
    // A failed answer is not shared with those who ask later.
    facts.catch(() => this.#shared.delete(key));
    return facts;
  }

  #forgetOld(): void {
    const nowMs = this.#deps.clock.now();
    for (const [key, { sinceMs }] of this.#shared) {
      if (Math.abs(nowMs - sinceMs) >= SHARED_FOR_MS) this.#shared.delete(key);
    }
  }
}

function ofNodes(gate: GateSettings, verdicts: readonly (readonly [string, GateVerdict])[]): GateAnswers {
  const closed = verdicts.filter(([, verdict]) => !verdict.open);
  return {
    ...NONE,
    nodes: new Map(closed.map(([name, verdict]) => [name, reasonsOf(gate, verdict)])),
    lookAgainAtMs: soonest(closed.map(([, verdict]) => laterOf(verdict))),
  };
}

function reasonsOf(gate: GateSettings, verdict: GateVerdict): readonly string[] {
  return verdict.open ? [] : [`${gate.name}: ${verdict.reasons.join('; ')}; opens ${verdict.opens}`];
}

function laterOf(verdict: GateVerdict): number | null {
  return verdict.open ? null : verdict.lookAgainAtMs;
}

function together(answers: readonly GateAnswers[]): GateAnswers {
  const nodes = new Map<string, readonly string[]>();
  for (const [name, reasons] of answers.flatMap(answer => [...answer.nodes])) {
    nodes.set(name, [...(nodes.get(name) ?? []), ...reasons]);
  }
  const closed = answers.filter(answer => answer.shut.length > 0 || answer.nodes.size > 0);
  return {
    shut: answers.flatMap(answer => answer.shut),
    nodes,
    lookAgainAtMs: soonest(closed.map(answer => answer.lookAgainAtMs)),
    oneAtATime: new Map(answers.flatMap(answer => [...answer.oneAtATime])),
  };
}

/** null as soon as one does not know. */
function soonest(times: readonly (number | null)[]): number | null {
  return times.includes(null)
    ? null
    : times.reduce<number | null>((least, at) => Math.min(least ?? Infinity, at ?? Infinity), null);
}
