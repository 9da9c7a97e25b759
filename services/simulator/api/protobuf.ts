import { badRequest, unsupportedMediaType } from './errors.ts';
import type { Json } from './object.ts';
import { type FieldShape, MESSAGES } from './protobuf-messages.ts';
import { readFields, type WireField } from './protobuf-wire.ts';

/** What kubectl from 1.32 on, and clients in Go, send instead of JSON: `k8s\0`, then a message that wraps the object's own. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = Buffer.from('k8s\0', 'latin1');

/**
 * Reads a protobuf body as the JSON of its object. Fields the server does not know are left out, as protobuf has it.
 * Throws ApiError 400, and 415 for a kind the simulated server reads in JSON only.
 */
export function decodeObject(body: Buffer, kind: string): Json {
  try {
    if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError('no k8s protobuf');
    const wrapper = readFields(body.subarray(MAGIC.length));
    const type = readFields(bytesOf(wrapper, 1));
    const [apiVersion, said] = [bytesOf(type, 1).toString(), bytesOf(type, 2).toString()];
    if (!MESSAGES.has(said)) throw unsupportedMediaType(['application/json', 'application/yaml']);
    return { kind: said, apiVersion, ...decodeMessage(said, bytesOf(wrapper, 2)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error.message}`);
  }
}

function bytesOf(fields: readonly WireField[], number: number): Buffer {
  const value = fields.findLast(field => field.number === number)?.value;
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function decodeMessage(name: string, message: Buffer): Json {
  const shapes = MESSAGES.get(name);
  const made: Json = {};
  for (const { number, value } of readFields(message)) {
    const shape = shapes?.get(number);
    if (shape !== undefined) put(made, shape, value);
  }
  return made;
}

function put(made: Json, shape: FieldShape, value: WireField['value']): void {
  const { name, type, form } = shape;
  if (form === 'list') made[name] = [...((made[name] as unknown[] | undefined) ?? []), decode(type, value)];
  else if (form === 'map') {
    const [key, entry] = decodeEntry(type, value);
    made[name] = { ...(made[name] as Json | undefined), [key]: entry };
  } else {
    const decoded = decode(type, value);
    if (name === '') Object.assign(made, decoded);
    else if (form === 'pointer' || !isEmpty(decoded)) made[name] = decoded;
  }
}

/** What Go's `omitempty` leaves out; protobuf always has it for what is no pointer. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false || value === null;
}

function decodeEntry(type: string, value: WireField['value']): [key: string, entry: unknown] {
  const fields = readFields(Buffer.isBuffer(value) ? value : Buffer.alloc(0));
  const entry = fields.findLast(field => field.number === 2)?.value ?? Buffer.alloc(0);
  return [bytesOf(fields, 1).toString(), decode(type, entry)];
}

function decode(type: string, value: WireField['value']): unknown {
  if (type === 'i') return Number(BigInt.asIntN(64, asNumber(value)));
  if (type === 'b') return asNumber(value) !== 0n;
  const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  switch (type) {
    case 's':
      return bytes.toString('utf8');
    case 'y':
      return bytes.toString('base64');
    case 'Quantity':
      return bytesOf(readFields(bytes), 1).toString('utf8');
    case 'IntOrString':
      return decodeIntOrString(readFields(bytes));
    case 'Time':
    case 'MicroTime':
      return decodeTime(readFields(bytes), type === 'Time' ? 0 : 6);
    default:
      return decodeMessage(type, bytes);
  }
}

function asNumber(value: WireField['value'] | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n;
}

function numberOf(fields: readonly WireField[], number: number): number {
  const value = fields.findLast(field => field.number === number)?.value;
  return Number(BigInt.asIntN(64, asNumber(value)));
}

function decodeIntOrString(fields: readonly WireField[]): number | string {
  return numberOf(fields, 1) === 0 ? numberOf(fields, 2) : bytesOf(fields, 3).toString('utf8');
}

/** null: no time at all. */
function decodeTime(fields: readonly WireField[], decimals: 0 | 6): string | null {
  if (fields.length === 0) return null;
  const text = new Date(numberOf(fields, 1) * 1000).toISOString().slice(0, 19);
  const micros = String(Math.floor(numberOf(fields, 2) / 1000)).padStart(6, '0');
  return decimals === 0 ? `${text}Z` : `${text}.${micros}Z`;
}
