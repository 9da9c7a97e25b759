import { hostname } from 'node:os';
import { pino, stdTimeFunctions } from 'pino';
import { withoutSecrets } from '../domain/redact.ts';

type Say = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Levels of a log, each with all that follow. */
export type JsonLogLevel = 'info' | 'warn' | 'error';

/** What says something in lines of JSON. */
export interface JsonLog {
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
}

/** How such a log is written. */
export interface JsonLogOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  readonly level: JsonLogLevel;
  /** The part of nodetide that speaks: `scheduler`, `worker`, `api`, `up`, `cli`. */
  readonly service: string;
}

/** Fields that hold secrets whatever they hold. */
const SECRET_FIELD = /password|passphrase|secret|token$|authorization|cookie|private_?key/i;
const HIDDEN = '***';
/** What each line has of its own: a second one of the name would make it no valid object for many readers. */
const OWN: ReadonlySet<string> = new Set(['level', 'time', 'service', 'host', 'pid', 'message']);
/** What lies deeper is not shown: a thing that holds itself has no end. */
const DEEPEST = 8;

/**
 * A log of one JSON object a line: `level`, `time` (ISO 8601, UTC), `service`, `host`, `pid`, the fields, `message`. What
 * looks like a secret is replaced by `***`; a field that is named as one of these is shown as `field.NAME`.
 */
export function jsonLog({ write, level, service }: JsonLogOptions): JsonLog {
  const base = { service, host: hostname(), pid: process.pid };
  const formatters = { level: (label: string) => ({ level: label }) };
  const options = { level, base, messageKey: 'message', timestamp: stdTimeFunctions.isoTime, formatters };
  const log = pino(options, { write: line => write(line.trimEnd()) });
  const say =
    (how: JsonLogLevel): Say =>
    (fields, message) =>
      log[how](safeFields(fields), withoutSecrets(message));
  return { info: say('info'), warn: say('warn'), error: say('error') };
}

function safeFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = Object.entries(fields).map(([name, value]) => [OWN.has(name) ? `field.${name}` : name, value] as const);
  return safeObject(Object.fromEntries(named), 0);
}

function safeObject(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, safe(name, value, depth + 1)]));
}

function safe(name: string, value: unknown, depth: number): unknown {
  if (SECRET_FIELD.test(name) && value !== null && value !== undefined) return HIDDEN;
  if (typeof value === 'string') return withoutSecrets(value);
  if (value instanceof Error) return withoutSecrets(value.message);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '…';
  return Array.isArray(value) ? value.map(each => safe('', each, depth + 1)) : safeObject(value, depth);
}
