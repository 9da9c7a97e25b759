import { badRequest } from './errors.ts';
import type { Json } from './object.ts';

/** What newer kubectl versions send instead of JSON: `k8s\0`, then a message that wraps the object's own. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = Buffer.from('k8s\0', 'latin1');

type Fields = ReadonlyMap<number, readonly (number | Buffer)[]>;

/** Reads DeleteOptions, the one protobuf body the simulated server understands. Throws ApiError 400. */
export function decodeDeleteOptions(body: Buffer): Json {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw malformed();
  const raw = bytes(readFields(body.subarray(MAGIC.length)), 2);
  const options = readFields(raw ?? Buffer.alloc(0));
  const preconditions = readFields(bytes(options, 2) ?? Buffer.alloc(0));
  const grace = options.get(1)?.at(-1);
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    preconditions: { ...text('uid', preconditions, 1), ...text('resourceVersion', preconditions, 2) },
    ...text('propagationPolicy', options, 4),
    dryRun: (options.get(5) ?? []).map(value => value.toString()),
  };
}

function bytes(fields: Fields, field: number): Buffer | undefined {
  const value = fields.get(field)?.at(-1);
  return Buffer.isBuffer(value) ? value : undefined;
}

function text(name: string, fields: Fields, field: number): Json {
  const value = bytes(fields, field);
  return value === undefined ? {} : { [name]: value.toString('utf8') };
}

/** Splits a message into its fields: whole numbers, and bytes for strings and messages. */
function readFields(message: Buffer): Fields {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  while (at < message.length) {
    const [tag, afterTag] = readVarint(message, at);
    const [number, next] = readVarint(message, afterTag);
    const wire = Number(tag & 7n);
    if (wire !== 0 && wire !== 2) throw malformed();
    at = wire === 0 ? next : next + Number(number);
    if (at > message.length) throw malformed();
    const value = wire === 0 ? Number(BigInt.asIntN(64, number)) : message.subarray(next, at);
    const field = Number(tag >> 3n);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function readVarint(message: Buffer, start: number): [value: bigint, next: number] {
  let value = 0n;
  for (let at = start; at < Math.min(message.length, start + 10); at++) {
    const byte = message[at] ?? 0;
    value |= BigInt(byte & 127) << BigInt(7 * (at - start));
    if (byte < 128) return [value, at + 1];
  }
  throw malformed();
}

function malformed() {
  return badRequest('the object provided is unrecognized (must be of type DeleteOptions): malformed protobuf');
}
