/** Levels of a log, each with all that follow; `info` tells every step of every node. */
export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `text`: a line for people; `json`: an object for programs. */
export const LOG_FORMATS = ['text', 'json'] as const;
/** One of {@link LOG_FORMATS}. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How a process writes its log. */
export interface LogStyle {
  readonly format: LogFormat;
  readonly level: LogLevel;
}
