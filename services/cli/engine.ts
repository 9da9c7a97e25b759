import { EXIT } from './exit.ts';
import type { Running, SchedulerOptions, Session, Wiring, WorkerOptions } from './wiring.ts';

/** Starts a scheduler and a worker for all steps in this process. */
export async function startEngine(
  session: Session,
  options: WorkerOptions = {},
  schedulerOptions: SchedulerOptions = {},
): Promise<Running> {
  const worker = await session.startWorker(options);
  const scheduler = await session.startScheduler(schedulerOptions).catch(async (error: unknown) => {
    await worker.stop();
    throw error;
  });
  return both(scheduler, worker);
}

/** Stops the one, then the other, even when the first fails. */
export function both(first: Running, second: Running): Running {
  return {
    async stop() {
      try {
        await first.stop();
      } finally {
        await second.stop();
      }
    },
  };
}

/** While a stop lasts Redis is asked so often whether it is there; after so many looks without an answer it counts as gone. */
const LOOK_MS = 3_000;
const SILENT_LOOKS = 3;

const STOPPING = 'stopping at a safe point (Ctrl-C again: at once)';

type Say = (text: string) => void;
const toTerminal = ({ terminal }: Wiring): Say => {
  return text => terminal.err(text);
};

/** Stops at a safe point, as {@link stopRunning}, and says so beforehand. */
export async function stopAtSafePoint(
  wiring: Wiring,
  session: Pick<Session, 'answers'>,
  running: Running,
  say = toTerminal(wiring),
): Promise<void> {
  say(STOPPING);
  await stop(wiring, session, running, { say, isSaid: true });
}

/**
 * Stops it without a word. An interrupt while that lasts has it said, one more ends the process at once; so does a Redis that
 * is gone: what is to be let go of is kept there.
 */
export function stopRunning(
  wiring: Wiring,
  session: Pick<Session, 'answers'>,
  running: Running,
  say = toTerminal(wiring),
): Promise<void> {
  return stop(wiring, session, running, { say, isSaid: false });
}

async function stop(
  wiring: Wiring,
  session: Pick<Session, 'answers'>,
  running: Running,
  { say, isSaid }: { readonly say: Say; readonly isSaid: boolean },
): Promise<void> {
  let isKnown = isSaid;
  const forget = wiring.onInterrupt(() => {
    if (isKnown) return wiring.exitNow(EXIT.interrupted);
    isKnown = true;
    say(STOPPING);
  });
  const stopped = new AbortController();
  void endWithoutRedis(wiring, session, stopped.signal, say);
  try {
    await running.stop();
  } finally {
    stopped.abort();
    forget();
  }
}

async function endWithoutRedis(
  wiring: Wiring,
  session: Pick<Session, 'answers'>,
  stopped: AbortSignal,
  say: Say,
): Promise<void> {
  for (let silent = 0; silent < SILENT_LOOKS; ) {
    await wiring.clock.sleep(LOOK_MS, stopped).catch(() => {});
    const answers = stopped.aborted || (await session.answers());
    if (stopped.aborted) return;
    silent = answers ? 0 : silent + 1;
  }
  say('Redis does not answer: ended at once; whoever is started next goes on with what is kept');
  wiring.exitNow(EXIT.cannotConnect);
}

/** Resolves at the first interrupt. */
export function interrupted(wiring: Wiring): Promise<string> {
  return new Promise(resolve => {
    const forget = wiring.onInterrupt(signal => {
      forget();
      resolve(signal);
    });
  });
}
