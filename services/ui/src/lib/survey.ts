import { signal } from '@preact/signals';
import { now } from './clock.ts';
import { type ApiProblem, problemOf, send } from './http.ts';
import { overview } from './overview.ts';

/** By cluster: when its hosts were asked anew from this page, by the server's clock. */
const asked = signal<Readonly<Record<string, number>>>({});
/** How long answers are expected. */
const PATIENCE_MS = 300_000;

/** What the server had to say against it last; null: nothing. */
export const surveyProblem = signal<ApiProblem | null>(null);

/** Asks the hosts of these clusters what is due on them; the answers come with the overview. */
export async function askHosts(clusters: readonly string[]): Promise<void> {
  surveyProblem.value = null;
  try {
    await send('POST', '/surveys', { clusters });
    const atMs = now.peek();
    asked.value = { ...asked.value, ...Object.fromEntries(clusters.map(name => [name, atMs])) };
  } catch (error) {
    surveyProblem.value = problemOf(error);
  }
}

/** Whether the answers of a cluster's hosts are still being waited for. */
export function isAsking(cluster: string): boolean {
  const atMs = asked.value[cluster];
  if (atMs === undefined || now.value - atMs > PATIENCE_MS) return false;
  const answeredMs = overview.value?.clusters.find(({ name }) => name === cluster)?.due?.atMs ?? 0;
  return answeredMs < atMs;
}
