/** The simulator as other services use it. */
export { demoWorld } from './demo-world.ts';
export { checkWorld, WorldError } from './fleet.ts';
export { readWorld } from './read-world.ts';
export { type Simulation, startSimulation } from './start.ts';
export type { WorldSpec } from './world-schema.ts';
export { type WrittenSimulation, writeSimulation } from './write.ts';
