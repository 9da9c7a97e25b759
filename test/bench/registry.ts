import type { Bench } from '../helpers/bench.ts';
import { demoBench } from './demo.ts';
import { drainBench } from './drain/bench.ts';
import { engineBench } from './engine.ts';
import { hostsBench } from './hosts.ts';
import { pageBench } from './page/bench.ts';
import { preflightBench } from './preflight.ts';
import { simulatorBench } from './simulator.ts';

/** Every bench, in the order they run. */
export const BENCHES: readonly Bench[] = [
  engineBench,
  drainBench,
  demoBench,
  simulatorBench,
  preflightBench,
  hostsBench,
  pageBench,
];
