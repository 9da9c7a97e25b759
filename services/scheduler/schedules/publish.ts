import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { showProblem } from '../../../shared/config/problem.ts';
import type { ScheduleDeps } from './deps.ts';

/** Keeps the stored schedules of a fleet file like the file, also when that is changed. */
export class FleetSchedules {
  readonly #deps: ScheduleDeps;
  readonly #file: string;
  #changedAtMs = 0;

  constructor(deps: ScheduleDeps, file: string) {
    this.#deps = deps;
    this.#file = file;
  }

  /** Reads the file if it was changed since. While it is wrong the schedules stay as they were. */
  async look(): Promise<void> {
    const { mtimeMs } = await stat(this.#file);
    if (mtimeMs === this.#changedAtMs) return;
    const { loadFleet } = await import('../../../shared/config/load.ts');
    const { fleet, problems } = loadFleet(this.#file);
    const { log, schedules } = this.#deps;
    if (fleet) {
      const origin = { fleetFile: this.#file, origin: 'file', by: hostname() } as const;
      const taken = await schedules.publish(
        this.#file,
        fleet.schedules.map(schedule => ({ ...schedule, ...origin })),
      );
      for (const schedule of taken) {
        log.warn({ schedule, file: this.#file }, 'a schedule of this name is there already, and is not replaced');
      }
    } else {
      const [first] = problems;
      const problem = first ? showProblem(first) : '';
      log.warn({ file: this.#file, problem }, 'the fleet file is wrong: its schedules stay as they were');
    }
    this.#changedAtMs = mtimeMs;
  }
}
