import type { SecretRef } from '../plan.ts';
import type { NoticeEvent, Severity } from './notice.ts';

/** Kinds of places that notifications go to. */
export const TARGET_KINDS = ['slack', 'teams', 'mail', 'webhook'] as const;
/** One of {@link TARGET_KINDS}. */
export type TargetKind = (typeof TARGET_KINDS)[number];

interface Common {
  readonly name: string;
  /** For one attempt, from its beginning to the answer. */
  readonly timeoutMs: number;
  /** A message that could not be delivered for so long is given up. */
  readonly giveUpMs: number;
  /**
   * What becomes of a message whose sender died between handing it over and hearing the answer: it is sent again under
   * the same id, or left and shown as such.
   */
  readonly inDoubt: 'repeat' | 'leave';
}

/** How the server of a target is trusted. */
export interface TargetTls {
  /** PEM file of the authorities to trust instead of the usual ones; null: the usual ones. */
  readonly caFile: string | null;
}

/** A channel of Slack, by its incoming webhook. */
export interface SlackTarget extends Common, TargetTls {
  readonly kind: 'slack';
  /** Whoever has it may post: it is a secret. */
  readonly url: SecretRef;
}

/** A channel or chat of Microsoft Teams, by a workflow that takes webhook requests. */
export interface TeamsTarget extends Common, TargetTls {
  readonly kind: 'teams';
  /** Whoever has it may post: it is a secret. */
  readonly url: SecretRef;
}

/** Mail by SMTP. */
export interface MailTarget extends Common, TargetTls {
  readonly kind: 'mail';
  readonly host: string;
  readonly port: number;
  /** `starttls`: the connection is made secure before anything is said, or given up. `none`: only within one machine. */
  readonly tls: 'tls' | 'starttls' | 'none';
  readonly from: string;
  readonly to: readonly string[];
  readonly auth: { readonly user: string; readonly password: SecretRef } | null;
}

/** An HTTP endpoint of one's own. */
export interface WebhookTarget extends Common, TargetTls {
  readonly kind: 'webhook';
  readonly url: string | SecretRef;
  /** What requests are signed with; null: they are not. */
  readonly secret: SecretRef | null;
  readonly headers: Readonly<Record<string, string | SecretRef>>;
}

/** Where notifications go. Holds no secret. */
export type NotifyTarget = SlackTarget | TeamsTarget | MailTarget | WebhookTarget;

/** Own words for a notification; see template.ts. */
export interface NotifyTemplate {
  /** Missing: the usual one. */
  readonly title?: string;
  /** Missing: the usual one. */
  readonly body?: string;
}

/** Who hears what. */
export interface NotifyRoute {
  readonly events: readonly NoticeEvent[];
  /** Only what concerns one of these; empty: all. */
  readonly clusters: readonly string[];
  /** Only what concerns a cluster of one of these; empty: all. */
  readonly stages: readonly string[];
  readonly minSeverity: Severity;
  /** How long something is blocked before it is told. */
  readonly blockedForMs: number;
  /** Names of targets. */
  readonly to: readonly string[];
  readonly template: NotifyTemplate;
}

/** The notifications of a fleet. JSON-safe; holds no secret. */
export interface NotifyPolicy {
  /** Where the page is, without a `/` at the end; empty: nowhere. */
  readonly pageUrl: string;
  readonly targets: readonly NotifyTarget[];
  readonly routes: readonly NotifyRoute[];
}
