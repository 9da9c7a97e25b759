import { z } from 'zod';
import type { Path } from '../problem.ts';

/** The keys a mapping at `path` may have. Of a choice of mappings: the keys of all. */
export function knownKeys(schema: z.ZodType, path: Path): string[] {
  let schemas = unwrap(schema);
  for (const key of path) schemas = schemas.flatMap(each => childrenOf(each, key)).flatMap(unwrap);
  const keys = schemas.flatMap(each => (each instanceof z.ZodObject ? Object.keys(each.shape) : []));
  return [...new Set(keys)];
}

/** The schema without what is around it; all branches of a choice. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) {
    return (schema.options as z.core.$ZodType[]).flatMap(unwrap);
  }
  return [schema];
}

function childrenOf(schema: z.core.$ZodType, key: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Record<string, z.core.$ZodType>)[key];
    return child ? [child] : [];
  }
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return [];
}
