import { badRequest, invalid } from './errors.ts';
import { type FieldSelector, parseFieldSelector } from './field-selector.ts';
import { type LabelTest, parseLabelSelector } from './label-selector.ts';
import type { Kube } from './object.ts';
import type { Resource } from './resources.ts';

/** Which objects a list or watch is about. */
export interface Selection {
  readonly namespace: string | undefined;
  readonly fields: FieldSelector;
  readonly labels: LabelTest;
  /** Whether any selector narrows it. */
  readonly narrowed: boolean;
}

/** Whether a GET is a watch. */
export function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value === 'true' || value === '1';
}

/** Reads the selectors of a query. Throws ApiError 400. */
export function readSelection(
  r: Resource,
  namespace: string | undefined,
  name: string | undefined,
  query: URLSearchParams,
): Selection {
  const fieldText = query.get('fieldSelector') ?? '';
  const labelText = query.get('labelSelector') ?? '';
  const named = name === undefined ? fieldText : [fieldText, `metadata.name=${name}`].filter(Boolean).join(',');
  return {
    namespace,
    fields: parseFieldSelector(named, r),
    labels: parseLabelSelector(labelText),
    narrowed: named !== '' || labelText !== '',
  };
}

/** Whether an object is selected. */
export function selects(selection: Selection, object: Kube): boolean {
  return (
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    selection.fields.matches(object) &&
    selection.labels(object.metadata.labels ?? {})
  );
}

/** A resource version from a query; undefined where none is said. Throws ApiError 400. */
export function readVersion(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (!/^\d+$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  return Number(text);
}

/** 422 for list options that do not go together. */
export function forbiddenOption(field: string, why: string) {
  return invalid(
    { kind: 'ListOptions', group: 'meta.k8s.io', name: '' },
    { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field },
  );
}

/** Where a list goes on. */
export interface ContinueToken {
  readonly rv: number;
  /** `namespace name` of the last object given. */
  readonly after: string;
}

/** Makes the opaque text of a token. Its key is relative to what the list is about, as the API server's. */
export function writeContinue(token: ContinueToken, selection: Selection): string {
  const [namespace = '', name = ''] = token.after.split(' ');
  const start = namespace === '' || selection.namespace !== undefined ? `/${name}\0` : `/${namespace}/${name}\0`;
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.rv, start })).toString('base64url');
}

/** Reads a token. Throws ApiError 400. A version of -1 means: as it is now. */
export function readContinue(text: string, selection: Selection): ContinueToken {
  try {
    const { rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString()) as { rv: number; start: string };
    const [first = '', second] = start.slice(1).replace(/\0$/, '').split('/');
    const after = second === undefined ? `${selection.namespace ?? ''} ${first}` : `${first} ${second}`;
    return { rv, after };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    const seen = firstCharacter(Buffer.from(text, 'base64url'));
    throw badRequest(
      `invalid continue token: continue key is not valid: invalid character ${seen} looking for beginning of value`,
    );
  }
}

/** As Go shows the first character of what is no JSON. */
function firstCharacter(bytes: Buffer): string {
  const code = bytes[0] ?? 0;
  const shown = code > 126 ? `\\u${code.toString(16).padStart(4, '0')}` : String.fromCharCode(code);
  return `'${shown}'`;
}
