import type { Command } from '../../shared/domain/command.ts';
import type { Draft, DraftRequest } from '../../shared/domain/draft/draft.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { PreflightFacts } from '../../shared/domain/preflight/facts.ts';
import type { Retention } from '../../shared/domain/retention.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector, HostConnector, ReaderConnector } from '../../shared/ports/connect.ts';
import type { DurationReader } from '../../shared/ports/durations.ts';
import type { Notifier } from '../../shared/ports/notifier.ts';
import type { DeliveryRecord } from '../../shared/ports/outbox.ts';
import type { PackageManager } from '../../shared/ports/packages.ts';
import type { CommandAnswer, RolloutReader } from '../../shared/ports/store.ts';
import type { SurveyReader } from '../../shared/ports/survey.ts';
import type { ServiceLog } from '../common/log.ts';
import type { LogStyle } from '../common/log-options.ts';
import type { HostProbe } from '../common/planning/probe.ts';
import type { Schedules } from '../common/schedules.ts';
import type { PodPreview, PreviewRequest } from '../workers/main.ts';
import type { SnapshotFiles } from './preflight/snapshot-options.ts';
import type { Terminal } from './terminal.ts';

/** A server whose HTTP API is asked. */
export interface ServerPlace {
  readonly url: string;
  /** File with the token; missing: as the environment says. */
  readonly tokenFile?: string;
  /** Authority its certificate is checked with, PEM; missing: those the system knows. */
  readonly caFile?: string;
}

/** Where the Redis is: `redis` (a URL), or one of our own in the folder `data`; `server`: none, a server is asked instead. */
export interface RedisPlace {
  readonly redis?: string;
  readonly data: string;
  readonly server?: ServerPlace;
}

/** Something that runs in this process until stopped. */
export interface Running {
  /** Resolves once it has let go of all work at a safe point. */
  stop(): Promise<void>;
}

/** The HTTP face, as running. */
export interface RunningApi extends Running {
  /** Without a `/` at the end. */
  readonly url: string;
  /** Of the HTTP API; without a `/` at the end. */
  readonly apiUrl: string;
}

interface LockOptions {
  /** How long a job stays with this process once it says nothing any more; missing: its default. */
  readonly jobLockMs?: number;
}

export interface SchedulerOptions extends LockOptions {
  /** How long rollouts that have ended are kept. Missing: as a scheduler does by default. */
  readonly keep?: Retention;
  /** Begins the rollouts of schedules. Missing: it only carries rollouts. */
  readonly schedules?: {
    /** Absolute path; its schedules are kept like it, and plans and surveys of it are made for others. null: none. */
    readonly fleetFile: string | null;
    /** How often all hosts of it are asked what there is to do; 0: never by itself. Missing: every 6 hours. */
    readonly surveyEveryMs?: number;
  };
}

export interface WorkerOptions extends LockOptions {
  /** Missing: all six. */
  readonly steps?: readonly StepName[];
  /** Jobs at once, for each step; missing: the worker's default. */
  readonly concurrency?: number;
}

export interface ApiOptions {
  /** Default 127.0.0.1. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** This, tokens or a proxy's roles are needed for any host but a loopback one, and behind a proxy. */
  readonly password?: string;
  /** File with the hashes of tokens. */
  readonly tokenHashesFile?: string;
  /** A proxy in front that is believed. */
  readonly proxy?: {
    readonly from: readonly string[];
    readonly userHeader?: string;
    readonly groupsHeader?: string;
    /** `admin=group1,operator=group2`; missing: it does not tell who asks. */
    readonly roles?: string;
  };
  /** Of a log-in without a request; missing: 12 h. */
  readonly sessionLifeMs?: number;
}

/** What the commands ask of rollouts. */
export interface Rollouts extends RolloutReader, DurationReader {
  /**
   * Freezes `plan` into a new rollout and starts it; returns its id. `takeOver`: also clusters another installation left
   * behind. CliError when another rollout holds one of its clusters.
   */
  create(plan: Plan, by: string, options: { readonly takeOver: boolean }): Promise<string>;
  /** Does a person's act, if it is allowed now. */
  command(rollout: string, command: Command, by: string, why: string): Promise<CommandAnswer>;
  /** Lines a step of a node printed, from line `from` on; empty: nothing yet. */
  stepLog(
    rollout: string,
    node: { cluster: string; node: string; round: number; step: StepName },
    from: number,
  ): Promise<string[]>;
}

/** What the commands ask of notifications. */
export interface Notifications {
  /** What is on its way, the oldest first, then the last that ended, the newest first. */
  list(): Promise<DeliveryRecord[]>;
}

/** What the commands ask of a server that has the fleet file. CliError when it refuses, or is not there. */
export interface ServerPlanning {
  /** Asks for a plan; it is made later. Throws the reason of `signal`. */
  ask(request: DraftRequest, signal: AbortSignal): Promise<Pick<Draft, 'id'>>;
  /** The plan once it is ready or refused. Throws the reason of `signal`; CliError when nobody is left to make it. */
  made(id: string, signal: AbortSignal): Promise<Draft>;
  /** Throws the reason of `signal`. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Begins the rollout of a plan, once; its id. */
  begin(draft: string, options: { readonly takeOver: boolean; readonly ignoreBlockers: boolean }): Promise<string>;
  /** `data`: as under `schedules` of a fleet file. */
  addSchedule(name: string, data: Readonly<Record<string, unknown>>): Promise<void>;
}

/** An open Redis and everything that can be made on it. */
export interface Session {
  /** For people; never holds a password. */
  readonly where: string;
  /** The Redis is a child of this process and ends with it. */
  readonly ownsRedis: boolean;
  /** Whether the Redis answers now, for whoever runs something on it. Never rejects. */
  answers(): Promise<boolean>;
  readonly rollouts: Rollouts;
  readonly schedules: Schedules;
  readonly surveys: SurveyReader;
  readonly notifications: Notifications;
  /** null: plans are made by this process itself. */
  readonly planning: ServerPlanning | null;
  startScheduler(options?: SchedulerOptions): Promise<Running>;
  startWorker(options: WorkerOptions): Promise<Running>;
  startApi(options: ApiOptions): Promise<RunningApi>;
  close(): Promise<void>;
}

/** Clusters as snapshots show them, instead of their APIs. */
export interface Snapshots {
  readonly connect: ReaderConnector;
  /** By cluster. */
  readonly facts: ReadonlyMap<string, PreflightFacts>;
  /** What a person should know about the files. */
  readonly notes: readonly string[];
}

/** How a session behaves. */
export interface SessionOptions {
  /** Nothing may be printed in between: the terminal is redrawn. Troubles are in the journal as well. */
  readonly quiet: boolean;
  /** The part this process plays, as traces and logs name it; default `cli`. */
  readonly service?: string;
  /** Default: a line for each trouble. */
  readonly log?: ServiceLog;
}

/** What a drain would do with each pod of a node; changes nothing. */
export type DrainPreview = (request: PreviewRequest, signal: AbortSignal) => Promise<PodPreview[]>;

/** How the commands get at everything outside. Factories load what they need when called, never before. */
export interface Wiring {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Who acts, for the journal: `user@host`. */
  readonly user: string;
  /** Calls back at each SIGINT or SIGTERM until the returned function is called; the process then lives on. */
  onInterrupt(listener: (signal: string) => void): () => void;
  /** Ends the process at once: for a second Ctrl-C. */
  exitNow(code: number): void;
  /** A log on stderr. `service`: the part this process plays. */
  openLog(style: LogStyle, service: string): Promise<ServiceLog>;
  /** CliError `cannotConnect` when there is no way. */
  openSession(place: RedisPlace, options?: SessionOptions): Promise<Session>;
  connectClusters(): Promise<ClusterConnector>;
  /** CliError when a file cannot be read, or is no snapshot. */
  openSnapshots(files: SnapshotFiles): Promise<Snapshots>;
  connectHosts(): Promise<HostConnector>;
  managers(): Promise<readonly PackageManager[]>;
  openProbe(): Promise<HostProbe>;
  openNotifier(): Promise<Notifier>;
  openDrainPreview(): Promise<DrainPreview>;
  /** Runs `nodetide simulate` with these arguments beside this program; resolves when the simulation answers. */
  simulate(args: readonly string[]): Promise<Running>;
}
