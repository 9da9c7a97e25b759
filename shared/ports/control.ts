/** A command of the operators' own, for the machine that nodetide itself runs on: hooks, power control. */
export interface ControlCommand {
  /** POSIX sh text; it never holds data. */
  readonly text: string;
  /** Added to the environment of the process: what the command is about. */
  readonly env: Readonly<Record<string, string>>;
  /** After this the command and everything it started is killed. */
  readonly timeoutMs: number;
  /** How much of the end of its output is kept; missing: 16 Ki characters. */
  readonly mostOutputChars?: number;
}

/** How such a command ended. */
export interface ControlResult {
  readonly exitCode: number;
  /** What it said, both streams in the order of arrival; the end of it, if it is long. */
  readonly output: string;
}

/**
 * The control side: the machine that nodetide itself runs on, as opposed to a host. A command runs at least once, perhaps
 * twice: it must bear that.
 */
export interface Control {
  /**
   * Runs a command to its end; an exit code other than 0 is a result, 128 + the signal for one that was killed. Throws
   * StepError `control-command-timeout`, or `control-command-not-run` when no shell could be started, or the signal's
   * reason; the command is dead then.
   */
  run(command: ControlCommand, signal: AbortSignal): Promise<ControlResult>;
}
