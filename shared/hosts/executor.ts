/** What a command on a host said; bytes, because chunks may cut characters apart. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** One way to run a program on one host: all that differs between the adapters of the Host port. */
export interface Executor {
  /** The host, for people. */
  readonly where: string;
  /**
   * Runs `sh -s -- WORDS…` as root (or as the policy wants it), `stdin` as its program, to its end. The input stays open
   * until then, or until we let go: so the program can tell. It has to end itself, by `exit` on a line of its own. Aborting rejects at once with the signal's reason; what runs
   * on the host may go on. Throws StepError with the codes of the Host port that speak of connections.
   */
  execute(words: readonly string[], stdin: string, signal: AbortSignal): Promise<Answer>;
  /** Lets go of the host; a later call takes it up again. */
  close(): Promise<void>;
}
