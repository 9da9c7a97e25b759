import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from '../../../services/simulator/api/object.ts';

const folder = join(import.meta.dirname, '../../fixtures/apiserver-recordings');

/** One event of a recorded watch; `atMs` from the start of its request. */
export interface RecordedEvent {
  readonly atMs: number;
  readonly type: string;
  readonly object: Json;
}

/** One request and what the real server answered; the format is described beside the files. */
export interface Exchange {
  readonly seq: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly identity: 'admin' | 'limited' | 'anonymous' | 'bad-token';
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly requestBinary?: { readonly base64: string };
  readonly acceptForwarded?: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody?: unknown;
  /** The answer was protobuf, and is left out. */
  readonly binary?: true;
  /** The answer was too long, and is left out. */
  readonly truncated?: true;
  readonly watch?: unknown;
  readonly events?: readonly RecordedEvent[];
  readonly closedBy?: 'client' | 'server';
}

/** What a client asked of a real server, in order of the requests' start. */
export interface Recording {
  readonly name: string;
  readonly description: string;
  /** When it began. */
  readonly recordedAt: string;
  readonly exchanges: readonly Exchange[];
}

/** Reads all recordings, by name. */
export function loadRecordings(): readonly Recording[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.json.gz'));
  return files.toSorted().map(file => {
    const raw = JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString()) as {
      meta: { description: string; recordedAt: string };
      exchanges: Exchange[];
    };
    const { description, recordedAt } = raw.meta;
    return { name: file.replace('.json.gz', ''), description, recordedAt, exchanges: raw.exchanges };
  });
}

/** The entry as an object with metadata; undefined when it is none. */
export function asJson(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
