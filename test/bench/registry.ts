import type { Bench } from '../helpers/bench.ts';

/** Every bench, in the order they run. */
export const BENCHES: readonly Bench[] = [];
