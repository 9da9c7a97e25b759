import { z } from 'zod';

/** One key of the fleet file: the row that validation, JSON Schema and the reference in the docs are made from. */
export interface Option<S extends z.ZodType = z.ZodType, Required extends boolean = boolean> {
  readonly schema: S;
  readonly description: string;
  readonly required: Required;
  /** As written in the file; missing: there is none. */
  readonly default?: z.input<S>;
  /** What holds when the key is missing and there is no default, in words. */
  readonly otherwise?: string;
}

/** The keys of one section. */
export type Table = Readonly<Record<string, Option>>;

/** A section of the fleet file and the table it was made from. */
export type Section<T extends Table> = z.ZodObject<
  { [K in keyof T]: T[K] extends Option<infer S, true> ? S : z.ZodOptional<T[K]['schema']> },
  z.core.$strict
>;

/** A key that may be missing; `default` is as written in the file. */
export function option<S extends z.ZodType>(
  schema: S,
  description: string,
  more: { readonly default: z.input<S> },
): Option<S, false> & { readonly default: z.input<S> };
export function option<S extends z.ZodType>(
  schema: S,
  description: string,
  more?: { readonly otherwise: string },
): Option<S, false>;
export function option<S extends z.ZodType>(schema: S, description: string, more: object = {}): Option<S, false> {
  return { schema, description, required: false, ...more };
}

/** A key that must be there. */
export function required<S extends z.ZodType>(schema: S, description: string): Option<S, true> {
  return { schema, description, required: true };
}

/** The tables of all sections by name, for the reference in the docs. Filled as sections are made. */
const tables = new Map<string, { readonly description: string; readonly table: Table }>();

/** A mapping with exactly these keys. `id` names it in the JSON Schema and in the docs. */
export function section<const T extends Table>(id: string, description: string, table: T): Section<T> {
  tables.set(id, { description, table });
  const shape = Object.fromEntries(
    Object.entries(table).map(([key, row]) => {
      const schema = row.required ? row.schema : row.schema.optional();
      const shown = row.default === undefined ? {} : { written: row.default };
      return [key, schema.meta({ description: row.description, ...shown })];
    }),
  );
  // The shape is built key by key from the table, which the compiler cannot follow.
  return z.strictObject(shape).meta({ id, description }) as unknown as Section<T>;
}

/** All sections made so far, in the order in which they were made. */
export function allSections(): ReadonlyMap<string, { readonly description: string; readonly table: Table }> {
  return tables;
}

type Filled<T extends Table> = {
  [K in keyof T]: T[K] extends { default: unknown } | Option<z.ZodType, true>
    ? z.output<T[K]['schema']>
    : z.output<T[K]['schema']> | undefined;
};

/** The last value given for each key by `layers` (parsed sections, general first), else its default. */
export function fill<T extends Table>(table: T, layers: readonly (object | undefined)[]): Filled<T> {
  const entries = Object.entries(table).map(([key, row]) => {
    const given = layers.map(layer => (layer as Record<string, unknown> | undefined)?.[key]);
    const value = given.findLast(each => each !== undefined);
    return [key, value ?? (row.default === undefined ? undefined : row.schema.parse(row.default))];
  });
  return Object.fromEntries(entries) as Filled<T>;
}
