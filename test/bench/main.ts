import { table } from '../helpers/bench.ts';
import { BENCHES } from './registry.ts';

// `npm run bench [-- NAME…]`: runs the benches one after another, since they share the machine, and prints their figures.
const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !BENCHES.some(bench => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(', ')}; there are: ${BENCHES.map(bench => bench.name).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const bench of BENCHES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    console.log(`${bench.name}\n${table(await bench.run()).replace(/^/gm, '  ')}`);
  }
}
