import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failuresPage } from './failures-page.ts';

// Writes the pages of docs/ that are made from the program.
const docs = resolve(import.meta.dirname, '../docs');
writeFileSync(resolve(docs, 'failures.md'), failuresPage());
