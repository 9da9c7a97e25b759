import { z } from 'zod';
import { fleetSchema } from './schema/fleet.ts';

/** The JSON Schema (draft 2020-12) of the fleet file, for editors. */
export function fleetJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(fleetSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Zod leaves defaults out where a value is transformed, as durations and amounts are.
      const { written } = jsonSchema as { written?: unknown };
      if (written === undefined) return;
      delete (jsonSchema as { written?: unknown }).written;
      jsonSchema.default = written;
    },
  });
  return { title: 'nodetide fleet file', ...schema };
}
