import type { Json } from './object.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** One reason inside a Status. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

/** An answer of the API other than success: becomes a Status body. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Json | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the Status's list metadata: an expired list's fresh `continue`. */
  readonly listMeta: Json;

  /** `reason` '' leaves it out, as some 500s do. */
  constructor(
    code: number,
    reason: string,
    message: string,
    more: { details?: Json; headers?: Record<string, string>; listMeta?: Json } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.details = more.details;
    this.headers = more.headers ?? {};
    this.listMeta = more.listMeta ?? {};
  }

  /** The body, its fields in the server's order. */
  toStatus(): Json {
    const status: Json = { kind: 'Status', apiVersion: 'v1', metadata: this.listMeta, status: 'Failure' };
    status['message'] = this.message;
    if (this.reason !== '') status['reason'] = this.reason;
    if (this.details !== undefined) status['details'] = this.details;
    status['code'] = this.code;
    return status;
  }
}

function detailsOf(r: Resource, name: string, causes?: readonly StatusCause[]): Json {
  return {
    ...(name === '' ? {} : { name }),
    ...(r.group === '' ? {} : { group: r.group }),
    kind: r.plural,
    ...(causes === undefined ? {} : { causes }),
  };
}

/** 404 for an object. */
export function notFound(r: Resource, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualifiedName(r)} "${name}" not found`, { details: detailsOf(r, name) });
}

/** 404 for a path that belongs to no kind. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', { details: {} });
}

/** 409 on create. */
export function alreadyExists(r: Resource, name: string): ApiError {
  const message = `${qualifiedName(r)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, { details: detailsOf(r, name) });
}

/** 409 on a write with an old resource version. */
export function conflict(r: Resource, name: string): ApiError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualifiedName(r)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, { details: detailsOf(r, name) });
}

/** 409 when the `field` of a delete's preconditions differs. Its details name the kind, not the plural. */
export function preconditionFailed(
  r: Resource,
  name: string,
  field: 'UID' | 'ResourceVersion',
  wanted: string,
  is: string,
): ApiError {
  const why =
    `the ${field} in the precondition (${wanted}) does not match the ${field} in record (${is}). ` +
    'The object might have been deleted and then recreated';
  const kind = r.group === '' ? r.kind : `${r.kind}.${r.group}`;
  const message = `Operation cannot be fulfilled on ${kind} "${name}": ${why}`;
  const details = { name, ...(r.group === '' ? {} : { group: r.group }), kind: r.kind };
  return new ApiError(409, 'Conflict', message, { details });
}

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** 422 for one cause or several. `kind` and `group` name the object judged. */
export function invalid(
  of: { kind: string; group: string; name: string },
  ...causes: readonly Required<StatusCause>[]
): ApiError {
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`;
  const shown = causes.map(cause => `${cause.field}: ${cause.message}`);
  const why = shown.length === 1 ? shown.join('') : `[${shown.join(', ')}]`;
  const details = {
    ...(of.name === '' ? {} : { name: of.name }),
    ...(of.group === '' ? {} : { group: of.group }),
    kind: of.kind,
    causes,
  };
  return new ApiError(422, 'Invalid', `${kind} "${of.name}" is invalid: ${why}`, { details });
}

/** 403 for whatever would create something in a namespace that is being deleted. */
export function namespaceTerminating(r: Resource, name: string, namespace: string): ApiError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  const message = `${qualifiedName(r)} "${name}" is forbidden: ${why}`;
  return new ApiError(403, 'Forbidden', message, { details: detailsOf(r, name, [cause]) });
}

/** 410: a resource version or token from before the history kept. */
export function expired(message: string, listMeta: Json = {}): ApiError {
  return new ApiError(410, 'Expired', message, { listMeta });
}

/** 405. */
export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {
    details: {},
  });
}

/** 415. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

const JSON_LIKE = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Throws ApiError 406 for a client that takes none of what the server writes. */
export function checkAcceptable(accept: string | undefined): void {
  if (accept === undefined || accept === '') return;
  const types = accept.split(',').map(one => one.split(';')[0]?.trim() ?? '');
  if (types.some(type => JSON_LIKE.includes(type) || type === '*/*' || type === 'application/*')) return;
  throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${JSON_LIKE.join(', ')}`);
}
