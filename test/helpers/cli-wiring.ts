import type { Terminal } from '../../services/cli/terminal.ts';
import type { ApiOptions, RedisPlace, Rollouts, Session, Wiring, WorkerOptions } from '../../services/cli/wiring.ts';
import { SILENT_LOG } from '../../services/common/log.ts';
import type { ScheduleSummary, Schedules } from '../../services/common/schedules.ts';
import type { Command } from '../../shared/domain/command.ts';
import type { ClusterTimes } from '../../shared/domain/durations/times.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { StoredSchedule } from '../../shared/domain/schedule.ts';
import type { ClusterSurvey } from '../../shared/domain/survey/survey.ts';
import type { DeliveryRecord } from '../../shared/ports/outbox.ts';
import type { CommandAnswer, EngineProcess, RolloutSummary } from '../../shared/ports/store.ts';
import { FakeClock } from './fake-clock.ts';

/** A terminal that only remembers. */
export class FakeTerminal implements Terminal {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly written: string[] = [];
  live = false;
  errLive = true;
  canAsk = false;
  colour = false;
  answer = '';
  readonly asked: string[] = [];

  out = (text: string): void => void this.stdout.push(text);
  err = (text: string): void => void this.stderr.push(text);
  write = (text: string): void => void this.written.push(text);
  size = (): { columns: number; rows: number } => ({ columns: 80, rows: 24 });
  ask = async (question: string): Promise<string> => {
    this.asked.push(question);
    return this.answer;
  };
}

/** Rollouts in memory: one, whose journal the test writes. */
export class FakeRollouts implements Rollouts {
  readonly summary: RolloutSummary;
  readonly journal: RolloutEvent[] = [];
  readonly commands: { command: Command; by: string; why: string }[] = [];
  readonly created: Plan[] = [];
  answer: CommandAnswer = { ok: true, note: 'as you say' };
  alive: EngineProcess[] = [];
  logLines: Record<string, string[]> = {};
  /** How often following the journal fails before it works. */
  troubles = 0;
  readonly #plan: Plan;
  #beats = 0;
  #listeners = new Set<() => void>();

  constructor(plan: Plan, id = 'r-1') {
    this.#plan = plan;
    this.summary = {
      id,
      fleet: plan.fleet,
      createdAtMs: 0,
      endedAtMs: null,
      by: 'me',
      state: 'running',
      clusters: [],
      nodes: { total: 0, done: 0, failed: 0 },
    };
  }

  tell(...events: readonly RolloutEvent[]): void {
    this.journal.push(...events);
    for (const listener of this.#listeners) listener();
  }

  list = async (): Promise<RolloutSummary[]> => [this.summary];
  plan = async (id: string): Promise<Plan | null> => (id === this.summary.id ? this.#plan : null);
  times: ClusterTimes = {};
  durations = async (): Promise<ClusterTimes> => this.times;
  events = async (_: string, after = ''): Promise<RolloutEvent[]> => {
    return this.journal.slice(this.journal.findIndex(event => event.id === after) + 1);
  };
  /** All that are alive beat between two looks. */
  engines = async (): Promise<EngineProcess[]> => {
    this.#beats += 1;
    return this.alive.map(engine => ({ ...engine, seenAtMs: this.#beats }));
  };
  create = async (plan: Plan): Promise<string> => {
    this.created.push(plan);
    return this.summary.id;
  };
  command = async (_: string, command: Command, by: string, why: string): Promise<CommandAnswer> => {
    this.commands.push({ command, by, why });
    return this.answer;
  };
  stepLog = async (_: string, { step }: { step: string }, from: number): Promise<string[]> => {
    return (this.logLines[step] ?? []).slice(from);
  };

  async *follow(_: string, after: string, signal: AbortSignal): AsyncIterable<RolloutEvent> {
    let at = this.journal.findIndex(event => event.id === after) + 1;
    while (!signal.aborted) {
      if (this.troubles > 0) {
        this.troubles -= 1;
        throw new Error('Redis is gone');
      }
      const event = this.journal[at];
      if (event) {
        at += 1;
        yield event;
        continue;
      }
      await new Promise<void>(resolve => {
        this.#listeners.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}

/** Schedules in memory. */
export class FakeSchedules implements Schedules {
  readonly kept: ScheduleSummary[] = [];
  readonly runs: string[] = [];

  list = async (): Promise<ScheduleSummary[]> => this.kept;
  add = async (schedule: StoredSchedule): Promise<boolean> => {
    if (this.kept.some(each => each.schedule.name === schedule.name)) return false;
    this.kept.push({ schedule, nextMs: Date.UTC(2026, 2, 1, 12), starts: [] });
    return true;
  };
  remove = async (name: string): Promise<boolean> => {
    const at = this.kept.findIndex(each => each.schedule.name === name);
    return at >= 0 && this.kept.splice(at, 1).length === 1;
  };
  runNow = async (name: string, by: string): Promise<boolean> => this.runs.push(`${name} by ${by}`) > 0;
}

/** A session in memory; `log` tells what was started and stopped, in order. */
export class FakeSession implements Session {
  readonly where = 'in memory';
  ownsRedis = true;
  answers = async (): Promise<boolean> => true;
  readonly rollouts: FakeRollouts;
  readonly log: string[] = [];

  constructor(rollouts: FakeRollouts) {
    this.rollouts = rollouts;
  }

  #service(name: string) {
    this.log.push(`start ${name}`);
    return { stop: async (): Promise<void> => void this.log.push(`stop ${name}`) };
  }

  startScheduler = async () => this.#service('scheduler');
  startWorker = async (options: WorkerOptions) => this.#service(`worker ${options.steps?.join(',') ?? 'all'}`);
  startApi = async (options: ApiOptions) => ({
    ...this.#service('api'),
    url: `http://${options.host}:${options.port}`,
    apiUrl: `http://${options.host}:${options.port}/api/v1`,
  });
  close = async (): Promise<void> => void this.log.push('close');
  readonly schedules = new FakeSchedules();
  readonly asked: ClusterSurvey[] = [];
  readonly surveys = { surveys: async () => this.asked };
  readonly told: DeliveryRecord[] = [];
  readonly planning = null;
  readonly notifications = { list: async () => this.told };
}

/** A wiring in memory; `interrupt()` is a Ctrl-C. */
export class FakeWiring implements Wiring {
  // What the user who runs the tests has kept is none of theirs.
  env: Record<string, string | undefined> = { XDG_STATE_HOME: '/nonexistent' };
  readonly terminal = new FakeTerminal();
  readonly clock = new FakeClock();
  readonly user = 'me@here';
  readonly places: RedisPlace[] = [];
  readonly session: FakeSession;
  exited: number | null = null;
  readonly #listeners: ((signal: string) => void)[] = [];

  constructor(session: FakeSession) {
    this.session = session;
  }

  interrupt(): void {
    this.#listeners.at(-1)?.('SIGINT');
  }

  onInterrupt = (listener: (signal: string) => void): (() => void) => {
    this.#listeners.push(listener);
    return () => void this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  };
  exitNow = (code: number): void => {
    this.exited = code;
  };
  openLog = async () => SILENT_LOG;
  openSession = async (place: RedisPlace): Promise<Session> => {
    this.places.push(place);
    return this.session;
  };
  connectClusters = () => Promise.reject(new Error('no clusters here'));
  connectHosts = () => Promise.reject(new Error('no hosts here'));
  openSnapshots = () => Promise.reject(new Error('no snapshots here'));
  managers = () => Promise.resolve([]);
  openNotifier = () => Promise.reject(new Error('no notifier here'));
  openProbe = () => Promise.reject(new Error('no hosts here'));
  openDrainPreview = () => Promise.reject(new Error('no clusters here'));
  simulate = () => Promise.reject(new Error('no simulation here'));
}
