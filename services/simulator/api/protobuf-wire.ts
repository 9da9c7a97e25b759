/** One field as it lies in a message: a whole number, or the bytes of a string or message. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/** Splits a message into its fields, in their order. Throws RangeError when it is none. */
export function readFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  while (at < message.length) {
    const [tag, afterTag] = readVarint(message, at);
    const [value, next] = readValue(message, afterTag, Number(tag & 7n));
    fields.push({ number: Number(tag >> 3n), value });
    at = next;
  }
  return fields;
}

/** Wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
function readValue(message: Buffer, start: number, wire: number): [value: bigint | Buffer, next: number] {
  if (wire === 0) return readVarint(message, start);
  const [length, from] =
    wire === 2 ? readVarint(message, start) : ([wire === 1 ? 8n : wire === 5 ? 4n : -1n, start] as const);
  const next = from + Number(length);
  if (length < 0n || next > message.length) throw new RangeError('malformed protobuf');
  return [message.subarray(from, next), next];
}

function readVarint(message: Buffer, start: number): [value: bigint, next: number] {
  let value = 0n;
  for (let at = start; at < Math.min(message.length, start + 10); at++) {
    const byte = message[at] ?? 0;
    value |= BigInt(byte & 127) << BigInt(7 * (at - start));
    if (byte < 128) return [value, at + 1];
  }
  throw new RangeError('malformed protobuf');
}
