import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { ApiError, badRequest, noSuchResource, unsupportedMediaType } from './errors.ts';
import type { Json } from './object.ts';
import { decodeObject, PROTOBUF } from './protobuf.ts';
import { findResource, isKnownGroup, type Resource, resourceOf } from './resources.ts';
import { findView, type View } from './views.ts';

/** What a path under /api or /apis asks for. */
export interface Target {
  readonly resource: Resource;
  /** undefined: across all namespaces, or a kind without. */
  readonly namespace: string | undefined;
  /** undefined: the collection. */
  readonly name: string | undefined;
  /** '' for the object itself. */
  readonly subresource: string;
  /** Where the kind is served in another form than it is kept. */
  readonly view: View | undefined;
}

/** Finds what a path names; undefined when it is no path of a known group. Throws ApiError 404 for an unknown kind. */
export function parseTarget(pathname: string): Target | undefined {
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const core = parts[0] === 'api';
  const [group, version, rest] = core ? ['', parts[1], parts.slice(2)] : [parts[1], parts[2], parts.slice(3)];
  if (group === undefined || version === undefined || rest.length === 0) return undefined;
  if (!isKnownGroup(group, version)) return undefined;
  if (rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '')) {
    const [, namespace, plural = '', name, subresource = ''] = rest;
    return target(group, version, plural, namespace, name, subresource);
  }
  const [plural = '', name, subresource = ''] = rest;
  return target(group, version, plural, undefined, name, subresource);
}

function target(
  group: string,
  version: string,
  plural: string,
  namespace: string | undefined,
  name: string | undefined,
  subresource: string,
): Target {
  const view = findView(group, version, plural);
  const resource = view === undefined ? findResource(group, version, plural) : resourceOf(plural);
  if (resource === undefined) throw noSuchResource();
  const misplaced = resource.namespaced ? namespace === undefined && name !== undefined : namespace !== undefined;
  if (misplaced) throw noSuchResource();
  return { resource, namespace, name: name === '' ? undefined : name, subresource, view };
}

/** The largest body taken, in bytes. */
const BODY_LIMIT = 3 * 1024 * 1024;

/** Reads a body whole. Throws ApiError 413. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT)
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_LIMIT}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The media type of a body, without parameters; `application/json` where none is said. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

const YAML = 'application/yaml';
const accepted = ['application/json', YAML, PROTOBUF];

/** A body in JSON, YAML or protobuf as an object of `kind`. Throws ApiError 415 and 400. */
export function parseObject(request: IncomingMessage, body: Buffer, kind: string): Json {
  const type = mediaType(request);
  if (type === PROTOBUF) return decodeObject(body, kind);
  if (type !== 'application/json' && type !== YAML) throw unsupportedMediaType(accepted);
  const text = body.toString('utf8');
  try {
    const parsed: unknown = type === YAML ? parseYaml(text) : JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Json;
  } catch {
    // Falls through to the answer below.
  }
  const seen = text === '' ? '<empty>' : text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  const why = "couldn't get version/kind; json parse error: unexpected end of JSON input";
  throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${seen})`);
}
