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

/** Stops at a safe point; an interrupt while that lasts ends the process at once. */
export async function stopAtSafePoint(
  wiring: Wiring,
  running: Running,
  say: (text: string) => void = text => wiring.terminal.err(text),
): Promise<void> {
  const forget = wiring.onInterrupt(() => wiring.exitNow(EXIT.interrupted));
  say('stopping at a safe point (Ctrl-C again: at once)');
  try {
    await running.stop();
  } finally {
    forget();
  }
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
