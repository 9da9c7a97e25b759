import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../helpers/bench.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url));

/** The whole demo as a user runs it: the simulated fleet of 38 nodes, a Redis of its own, a whole rollout. */
export const demoBench: Bench = {
  name: 'demo',
  run: async () => {
    const from = performance.now();
    const demo = spawn(process.execPath, [PROGRAM, 'demo', '--plain'], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(demo, 'close')) as [number | null];
    if (code !== 0) throw new Error(`the demo ended with ${code}`);
    const seconds = (performance.now() - from) / 1000;
    return [{ name: 'demo, from its start to its end', value: seconds, unit: 's', goal: 'under 120' }];
  },
};
