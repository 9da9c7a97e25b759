import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCUMENTED } from '../../helpers/recordings/differences.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/simulator.md'), 'utf8');

it('the simulator’s page tells every difference the recordings show, and no other', () => {
  const section = page.slice(page.indexOf('These differences show'), page.indexOf('## How a host is made'));
  const told = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(match => match[1]);
  expect(told).toEqual(DOCUMENTED.map(({ id }) => id));
});
