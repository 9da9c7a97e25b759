import { z } from 'zod';
import { allSections, type Option } from '../shared/config/option.ts';
import { fleetSchema } from '../shared/config/schema/fleet.ts';
import {
  address,
  amount,
  dnsName,
  duration,
  labelSelector,
  path,
  port,
  positiveDuration,
  secretRef,
  yesNo,
} from '../shared/config/values.ts';

const INTRODUCTION = `# Reference of the fleet file

Every key there is. [The fleet file](fleet-file.md) explains how they work together; \`nodetide schema\` prints the same
as a JSON Schema.

A **duration** is a number with a unit (\`500ms\`, \`90s\`, \`15m\`, \`1h30m\`, \`2d\`), an **amount** a whole number from 1 or a
share such as \`25%\`. A **path** is absolute, starts at the home folder (\`~/…\`), or starts at the folder of the fleet
file.

This page is made from the tables in \`shared/config/schema/\` by \`npm run docs\`.
`;

const NAMED = new Map<z.core.$ZodType, string>([
  [duration, 'duration'],
  [positiveDuration, 'duration'],
  [amount, 'amount'],
  [path, 'path'],
  [port, 'port'],
  [yesNo, 'true or false'],
  [dnsName, 'name'],
  [address, 'name or IP address'],
  [labelSelector, 'label selector'],
  [secretRef, '`{env: NAME}` or `{file: PATH}`'],
]);

/** docs/fleet-reference.md: every section and key of the fleet file. */
export function fleetReference(): string {
  const parts = sectionsWithin(fleetSchema).map(id => {
    const { description = '', table = {} } = allSections().get(id) ?? {};
    const rows = Object.entries(table).map(([key, row]) => rowOf(key, row));
    return [`## ${id}`, '', description, '', '| key | type | default | |', '|---|---|---|---|', ...rows, ''].join('\n');
  });
  return [INTRODUCTION, ...parts].join('\n');
}

/** Ids of the sections in a schema, from the outside in, each where it is met first. */
function sectionsWithin(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodOptional) return sectionsWithin(schema.unwrap());
  if (schema instanceof z.ZodArray) return sectionsWithin(schema.element);
  if (schema instanceof z.ZodRecord) return sectionsWithin(schema.valueType);
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) {
    return [...new Set((schema.options as z.core.$ZodType[]).flatMap(sectionsWithin))];
  }
  if (!(schema instanceof z.ZodObject)) return [];
  const own = schema.meta()?.id;
  const inner = Object.values(schema.shape as Record<string, z.core.$ZodType>).flatMap(sectionsWithin);
  return [...new Set([...(own === undefined ? [] : [own]), ...inner])];
}

function rowOf(key: string, row: Option): string {
  const cells = [`\`${key}\``, typeOf(row.schema), defaultOf(row), row.description];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(row: Option): string {
  if (row.required) return '**required**';
  if (row.default === '') return 'empty';
  if (row.default !== undefined) return `\`${JSON.stringify(row.default).replace(/^"(.*)"$/, '$1')}\``;
  return row.otherwise ?? '';
}

function typeOf(schema: z.core.$ZodType): string {
  const named = NAMED.get(schema);
  if (named !== undefined) return named;
  const id = schema instanceof z.ZodObject ? schema.meta()?.id : undefined;
  if (id !== undefined) return `[${id}](#${id.toLowerCase()})`;
  if (schema instanceof z.ZodArray) return `list of ${typeOf(schema.element)}`;
  if (schema instanceof z.ZodRecord) return `mapping of names to ${typeOf(schema.valueType)}`;
  if (schema instanceof z.ZodEnum) return schema.options.map(word => `\`${word}\``).join(', ');
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(word => `\`${String(word)}\``).join(', ');
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) {
    return (schema.options as z.core.$ZodType[]).map(typeOf).join(' or ');
  }
  return schema instanceof z.ZodNumber ? 'whole number' : 'text';
}
