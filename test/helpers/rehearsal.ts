import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { WorldSpec } from '../../services/simulator/main.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import { type CliRun, runCli, startCli } from './cli.ts';
import { type Changes, editFleet } from './edit-fleet.ts';
import { freePort } from './ports.ts';
import { kickstart, type TestSimulation } from './simulation.ts';

/** A simulated world with its fleet file, and a folder for a Redis of its own beside it. */
export interface Rehearsal extends TestSimulation {
  readonly data: string;
  /** Arguments that follow a command's own. */
  run(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  start(...args: readonly string[]): CliRun;
  /** The latest rollout as `status -o json` tells it. */
  status(): Promise<RolloutStatus>;
  /** Starts `nodetide up` on the folder, at a port that it can have again; resolves with the address of its queues. */
  up(): Promise<{ readonly process: CliRun; readonly url: string }>;
}

/** Starts a world; everything ends with the test. `changes`: to its fleet file. Call it inside a test. */
export async function rehearse(world: WorldSpec, changes: Changes = {}): Promise<Rehearsal> {
  const simulation = await kickstart(world);
  onTestFinished(() => simulation.close());
  await editFleet(simulation.files.fleetFile, changes);
  const data = join(simulation.folder, 'redis');
  const place = ['--data', data];
  return {
    ...simulation,
    data,
    run: (...args) => runCli([...args, ...place]),
    start: (...args) => startCli([...args, ...place]),
    status: async () => JSON.parse((await runCli(['status', ...place, '-o', 'json'])).stdout) as RolloutStatus,
    up: async () => {
      const process = startCli(['up', ...place, '--port', String(await freePort())]);
      const url = /http:\S+/.exec(await process.line(/^nodetide is up/))?.[0] ?? '';
      return { process, url };
    },
  };
}
