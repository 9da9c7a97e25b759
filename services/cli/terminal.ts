/** What the program may do to the terminal, so that tests can stand in for it. */
export interface Terminal {
  /** Writes `text` and a line end to stdout. */
  out(text: string): void;
  /** Writes `text` and a line end to stderr. */
  err(text: string): void;
  /** Writes `text` as it is to stdout: only for redrawing. */
  write(text: string): void;
  /** Whether stdout is a terminal that can be redrawn. */
  readonly live: boolean;
  /** Whether stderr is a terminal. */
  readonly errLive: boolean;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  readonly colour: boolean;
  /** 80 × 24 when stdout is no terminal. */
  size(): { columns: number; rows: number };
  /** The answer, trimmed; empty at end of input. */
  ask(question: string): Promise<string>;
}

/** The terminal of this process. NO_COLOR, FORCE_COLOR and TERM=dumb are heeded. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdout, stderr, stdin, env } = process;
  const live = stdout.isTTY === true && env['TERM'] !== 'dumb';
  // A reader that has enough (`| head`) is no failure of ours.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => leaveQuietly(process, error));
  }
  const forced = (env['FORCE_COLOR'] ?? '0') !== '0';
  return {
    out: text => stdout.write(`${text}\n`),
    err: text => stderr.write(`${text}\n`),
    write: text => stdout.write(text),
    live,
    errLive: stderr.isTTY === true,
    canAsk: stdin.isTTY === true && stdout.isTTY === true,
    colour: (env['NO_COLOR'] ?? '') === '' && (live || forced),
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    ask: question => askOn(process, question),
  };
}

function leaveQuietly(process: NodeJS.Process, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

async function askOn(process: NodeJS.Process, question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>(resolve => {
    reader.once('close', () => resolve(''));
  });
  try {
    return (await Promise.race([reader.question(question), ended])).trim();
  } finally {
    reader.close();
  }
}
