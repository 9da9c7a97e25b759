/** What can be told, as routes name it. */
export const NOTICE_EVENTS = [
  'started',
  'approval',
  'blocked',
  'node-failed',
  'node-recovered',
  'paused',
  'aborting',
  'finished',
  'schedule',
] as const;
/** One of {@link NOTICE_EVENTS}. */
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** How bad it is, from the least. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** What a template may name in braces. */
export const NOTICE_FIELDS = [
  'title',
  'event',
  'severity',
  'time',
  'fleet',
  'rollout',
  'stage',
  'cluster',
  'wave',
  'node',
  'step',
  'by',
  'what',
  'why',
  'seen',
  'state',
  'todo',
  'link',
] as const;
/** One of {@link NOTICE_FIELDS}. */
export type NoticeField = (typeof NOTICE_FIELDS)[number];

/** Something worth telling. */
export interface Notice {
  /** The same for the same thing, whoever finds it and how often: letters, digits, `-`. */
  readonly key: string;
  readonly event: NoticeEvent;
  readonly severity: Severity;
  /** What routes judge by: the end of something counts as much as its beginning. */
  readonly weight: Severity;
  readonly atMs: number;
  /** The clusters it concerns. */
  readonly clusters: readonly string[];
  /** Missing ones are empty. */
  readonly fields: Readonly<Partial<Record<NoticeField, string>>>;
}

/** A notice in its final words, the same for each kind of target. JSON-safe. */
export interface NoticeMessage {
  readonly event: NoticeEvent | 'test';
  readonly severity: Severity;
  readonly atMs: number;
  readonly title: string;
  /** Lines, plain text. */
  readonly body: string;
  /** URL of the page about it; empty: none. */
  readonly link: string;
  readonly fields: Readonly<Partial<Record<NoticeField, string>>>;
}
