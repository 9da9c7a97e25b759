import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fleetReference } from '../../../deploy/fleet-reference.ts';
import { fleetJsonSchema } from '../../../shared/config/json-schema.ts';
import { loadFleetText } from '../../../shared/config/load.ts';
import { allSections } from '../../../shared/config/option.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const examples = readdirSync(resolve(root, 'examples')).filter(file => file.endsWith('.yaml'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(fleetJsonSchema());

/** A machine on which every file is there, and every kubeconfig has the contexts of the examples. */
const contexts = ['dev', 'staging', 'prod', 'prod-eu', 'prod-us'];
const everything = {
  home: '/home/ops',
  cwd: '/fleet',
  env: {},
  trouble: () => null,
  read: () => JSON.stringify({ contexts: contexts.map(name => ({ name })) }),
};

describe('pages made from the schema of the fleet file (`npm run docs` writes them anew)', () => {
  it('docs/fleet-reference.md', () => {
    expect(read('docs/fleet-reference.md')).toBe(fleetReference());
  });

  it('docs/fleet.schema.json', () => {
    expect(JSON.parse(read('docs/fleet.schema.json'))).toEqual(fleetJsonSchema());
  });

  it.each([...allSections()])('%s has a description for every key, and defaults that are right', (_id, { table }) => {
    for (const row of Object.values(table)) {
      expect(row.description).toMatch(/[.]$/);
      if (row.default !== undefined) expect(row.schema.safeParse(row.default).success).toBe(true);
    }
  });
});

describe('the JSON Schema', () => {
  it.each(examples)('accepts examples/%s, and so does validate', file => {
    expect(validate(parse(read(`examples/${file}`))), JSON.stringify(validate.errors)).toBe(true);
    expect(loadFleetText(read(`examples/${file}`), file, everything).problems).toEqual([]);
  });

  it('accepts the file in docs/fleet-file.md, and so does validate', () => {
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(read('docs/fleet-file.md')) ?? [];
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(loadFleetText(text, 'fleet.yaml', everything).problems).toEqual([]);
  });

  const example = parse(read('examples/fleet.yaml')) as Record<string, unknown>;
  it.each([
    ['an unknown key', { colour: 'red' }],
    ['a wrong word', { defaults: { unsequenced: 'first-wave' } }],
    ['a number for a duration', { defaults: { policy: { recoverySoak: 30 } } }],
    ['an empty wave', { defaults: { waves: [{ sequences: [] }] } }],
    ['a share above all', { defaults: { policy: { maxUnavailable: '101%' } } }],
  ])('refuses %s', (_name, change) => {
    expect(validate({ ...example, ...change })).toBe(false);
  });

  it('tells editors the defaults', () => {
    const { $defs } = fleetJsonSchema() as {
      $defs: Record<string, { properties: Record<string, { default?: unknown }> }>;
    };
    expect($defs['Limits-upgrade']?.properties['timeout']?.default).toBe('60m');
    expect($defs['Policy']?.properties['maxUnavailable']?.default).toBe(1);
  });
});
