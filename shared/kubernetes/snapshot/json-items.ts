/** Where a value stands in a text: from its first byte to behind its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One JSON object of the top level: a list, or a single resource. */
export interface Document {
  /** As written, with `List` at its end for a list; empty: not said. */
  readonly kind: string;
  /** The elements of its `items`; null: it has none. */
  readonly items: readonly Span[] | null;
  readonly span: Span;
}

const byteOf = (char: string) => char.charCodeAt(0);
const [QUOTE, BACKSLASH, COMMA, COLON] = [byteOf('"'), byteOf('\\'), byteOf(','), byteOf(':')];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [byteOf('{'), byteOf('}'), byteOf('['), byteOf(']')];

/**
 * Finds the JSON objects in a text, one after another, and the elements of their `items`, without reading any of them: a
 * list of a large cluster is longer than a string may be, and as a whole would take several times its size.
 * @throws Error that names the place, where the text is no such JSON
 */
export function findDocuments(bytes: Uint8Array): Document[] {
  const documents: Document[] = [];
  // A byte order mark is no part of the text.
  let at = skipSpace(bytes, bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0);
  while (at < bytes.length) {
    const document = readDocument(bytes, at);
    documents.push(document);
    at = skipSpace(bytes, document.span.to);
  }
  return documents;
}

/** The value at a place. */
export function parseSpan(bytes: Buffer, { from, to }: Span): unknown {
  return JSON.parse(bytes.toString('utf8', from, to));
}

function readDocument(bytes: Uint8Array, from: number): Document {
  if (bytes[from] !== OPEN) throw unexpected(bytes, from, 'a JSON object');
  let kind = '';
  let items: Span[] | null = null;
  let at = skipSpace(bytes, from + 1);
  while (bytes[at] !== CLOSE) {
    const key = stringAt(bytes, at);
    at = skipSpace(bytes, key.to);
    if (bytes[at] !== COLON) throw unexpected(bytes, at, '":"');
    at = skipSpace(bytes, at + 1);
    const value = { from: at, to: endOfValue(bytes, at) };
    if (key.text === 'kind' && bytes[at] === QUOTE) kind = stringAt(bytes, at).text;
    if (key.text === 'items' && bytes[at] === OPEN_LIST) items = elements(bytes, at);
    at = skipSpace(bytes, value.to);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE) throw unexpected(bytes, at, '"," or "}"');
  }
  return { kind, items, span: { from, to: at + 1 } };
}

function elements(bytes: Uint8Array, from: number): Span[] {
  const spans: Span[] = [];
  let at = skipSpace(bytes, from + 1);
  while (bytes[at] !== CLOSE_LIST) {
    const span = { from: at, to: endOfValue(bytes, at) };
    spans.push(span);
    at = skipSpace(bytes, span.to);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE_LIST) throw unexpected(bytes, at, '"," or "]"');
  }
  return spans;
}

/** Behind the value that begins at `from`. Inside it only brackets and strings are looked at. */
function endOfValue(bytes: Uint8Array, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return endOfString(bytes, from);
  let at = from;
  if (first !== OPEN && first !== OPEN_LIST) {
    for (let byte = bytes[at]; byte !== undefined && !endsWord(byte); byte = bytes[at]) at++;
    if (at === from) throw unexpected(bytes, at, 'a value');
    return at;
  }
  for (let depth = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if ((byte === CLOSE || byte === CLOSE_LIST) && --depth === 0) return at + 1;
  }
  throw unexpected(bytes, at, 'the end of what begins before');
}

function endsWord(byte: number): boolean {
  return byte === COMMA || byte === CLOSE || byte === CLOSE_LIST || byte <= 0x20;
}

function endOfString(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  throw unexpected(bytes, bytes.length, 'the end of a string');
}

function stringAt(bytes: Uint8Array, from: number): { text: string; to: number } {
  if (bytes[from] !== QUOTE) throw unexpected(bytes, from, 'a key');
  const to = endOfString(bytes, from);
  return { text: new TextDecoder().decode(bytes.subarray(from + 1, to - 1)), to };
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  return at;
}

function unexpected(bytes: Uint8Array, at: number, wanted: string): Error {
  if (at >= bytes.length) return new Error(`it ends where ${wanted} is expected`);
  const text = new TextDecoder().decode(bytes.subarray(at, at + 20)).split('\n')[0];
  return new Error(`byte ${at}: ${wanted} is expected, there is ${text}`);
}
