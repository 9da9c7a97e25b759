import { columnsOf } from './columns/columns.ts';
import type { Json, Kube } from './object.ts';
import type { Resource } from './resources.ts';

/** Whether a client wants the server to print. */
export function wantsTable(accept: string): boolean {
  return /as=Table/.test(accept) && /v=v1[;,\s]|v=v1$/.test(accept);
}

/** A Table of objects; `withColumns` false for the later events of a watch. */
export function tableOf(r: Resource, objects: readonly Kube[], metadata: Json, now: number, withColumns = true): Json {
  const columns = columnsOf(r);
  const columnDefinitions = columns.map(({ name, type, priority, format }) => ({
    name,
    type,
    format: format ?? '',
    description: '',
    priority: priority ?? 0,
  }));
  const rows = objects.map(object => ({
    cells: columns.map(column => column.cell(object, now)),
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  }));
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns ? columnDefinitions : null,
    rows,
  };
}
