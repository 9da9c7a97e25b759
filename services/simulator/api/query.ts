import { badRequest, expired, invalid } from './errors.ts';
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

/** Makes the opaque text of a token. */
export function writeContinue(token: ContinueToken): string {
  const start = `/${token.after.replace(' ', '/')}\0`;
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.rv, start })).toString('base64url');
}

/** Reads a token. Throws ApiError 400, or 410 when the history no longer reaches back to it. */
export function readContinue(text: string, oldest: number, rv: number): ContinueToken {
  try {
    const parsed = JSON.parse(Buffer.from(text, 'base64url').toString()) as { rv: number; start: string };
    const after = parsed.start.slice(1, -1).replace('/', ' ');
    if (parsed.rv >= oldest) return { rv: parsed.rv, after };
    const why =
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
      'continue parameter, or use the continue token in this response to retrieve the remainder of the results.';
    throw expired(why, { continue: writeContinue({ rv, after }) });
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    throw badRequest(
      'invalid continue token: continue key is not valid: invalid character looking for beginning of value',
    );
  }
}
