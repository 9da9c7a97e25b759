import { fail } from '../../domain/failures/catalogue.ts';
import type { GateServer } from '../../domain/gate/server.ts';
import { clip } from '../../domain/text.ts';
import type { GateSources } from '../gate.ts';

/** Ten thousand alerts with long texts fit. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_SHOWN = 200;

/**
 * The JSON a server answers under `path` of its URL. Throws StepError: as probes do, or `gate-answer` when the status is
 * not 200, the answer is cut off, or it is no JSON.
 */
export async function askJson(
  server: GateServer,
  path: string,
  query: Readonly<Record<string, string>>,
  { probes, signal }: Pick<GateSources, 'probes' | 'signal'>,
): Promise<unknown> {
  const url = new URL(server.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  const { auth, headers, tls } = server;
  const probe = { url, method: 'GET', headers, auth, redirects: 0, tls, mostBodyBytes: MOST_BYTES } as const;
  const { status, body, isCut } = await probes.http(probe, signal);
  const where = `${url.origin}${url.pathname}`;
  if (status !== 200) throw fail('gate-answer', { message: `${where}: HTTP ${status}${saidIn(body)}` });
  if (isCut)
    throw fail('gate-answer', { message: `${where}: the answer is larger than ${MOST_BYTES / 1024 / 1024} MiB` });
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    throw fail('gate-answer', { message: `${where}: the answer is no JSON${saidIn(body)}`, cause });
  }
}

/** What a server says of its trouble: the `error` of its JSON, else the beginning of its text. */
function saidIn(body: string): string {
  const [, error = body] = /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body) ?? [];
  const line = clip(error, MOST_SHOWN);
  return line === '' ? '' : `: ${line}`;
}
