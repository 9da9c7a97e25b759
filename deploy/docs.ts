import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fleetJsonSchema } from '../shared/config/json-schema.ts';
import { failuresPage } from './failures-page.ts';
import { fleetReference } from './fleet-reference.ts';

// Writes the pages of docs/ that are made from the program.
const docs = resolve(import.meta.dirname, '../docs');
writeFileSync(resolve(docs, 'failures.md'), failuresPage());
writeFileSync(resolve(docs, 'fleet-reference.md'), fleetReference());
writeFileSync(resolve(docs, 'fleet.schema.json'), `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`);
