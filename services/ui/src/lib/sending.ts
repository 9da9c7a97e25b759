import { useState } from 'preact/hooks';
import { type ApiProblem, problemOf } from './http.ts';

/** What a person has sent, as far as it has come. */
export interface Sending {
  /** One at a time: nothing further is sent meanwhile. */
  readonly busy: boolean;
  /** Why the last was not taken; null: it was, or none was sent. */
  readonly problem: ApiProblem | null;
  readonly run: (work: () => Promise<void>) => void;
}

/** Sends what a person asks for, and keeps what is said against it. */
export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const send = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const run = (work: () => Promise<void>): void => {
    if (!busy) void send(work);
  };
  return { busy, problem, run };
}
