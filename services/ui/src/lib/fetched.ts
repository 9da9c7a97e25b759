import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiProblem, get, problemOf } from './http.ts';
import { askWhoIAm } from './person.ts';
import { everySeen } from './while-seen.ts';

/** What a page asked for, as far as it has come. */
export interface Fetched<T> {
  /** null: nothing has come yet. Stays while something newer is asked for. */
  readonly data: T | null;
  /** Why the last question was not answered; null: it was, or is still open. */
  readonly problem: ApiProblem | null;
  /** Asks again. */
  readonly again: () => void;
}

interface Answer<T> {
  readonly path: string;
  readonly data: T | null;
  readonly problem: ApiProblem | null;
}

/**
 * Asks for JSON below the API, once for each `path` (null: for nothing), and again every `everyMs` (null: not; one question at
 * a time; not while nobody sees the page, but at once when it is seen again) and whenever `key` is another.
 */
export function useFetched<T>(path: string | null, everyMs: number | null = null, key: unknown = null): Fetched<T> {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn(before => before + 1), []);
  const isOpen = useRef(false);
  useEffect(() => {
    if (path === null) return;
    const asking = new AbortController();
    isOpen.current = true;
    get<T>(path, asking.signal)
      .then(
        data => setAnswer({ path, data, problem: null }),
        (error: unknown) => {
          if (asking.signal.aborted) return;
          const problem = problemOf(error);
          if (problem.status === 401) void askWhoIAm();
          setAnswer(before => ({ path, data: before?.path === path ? before.data : null, problem }));
        },
      )
      .finally(() => {
        if (!asking.signal.aborted) isOpen.current = false;
      });
    return () => asking.abort();
  }, [path, turn, key]);
  useEffect(() => {
    if (path === null || everyMs === null) return;
    return everySeen(everyMs, () => {
      // An answer that takes longer than this would never come.
      if (!isOpen.current) again();
    });
  }, [path, everyMs, again]);
  const mine = answer?.path === path ? answer : null;
  return { data: mine?.data ?? null, problem: mine?.problem ?? null, again };
}
