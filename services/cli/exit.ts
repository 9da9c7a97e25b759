/** Exit codes of the program; docs/cli.md explains each. */
export const EXIT = {
  done: 0,
  /** The rollout was aborted, or something went wrong that no other code names. */
  failed: 1,
  usage: 2,
  /** Nothing can go on until a person acts. */
  waiting: 3,
  badInput: 4,
  cannotConnect: 5,
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command: the message goes to stderr as it is, the code to the caller. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  /** It may pass by itself, such as a server that is started again; whoever follows something may ask again. */
  readonly mayPass: boolean;

  /** `mayPass`: default false. */
  constructor(exitCode: ExitCode, message: string, options: { cause?: unknown; mayPass?: boolean } = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.mayPass = options.mayPass ?? false;
  }
}

/** How often in a row whoever follows something asks again after a trouble, and how long after it, ms. */
export const BORNE = { troubles: 60, pauseMs: 1_000 } as const;
