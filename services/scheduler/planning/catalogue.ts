import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { showProblem } from '../../../shared/config/problem.ts';
import type { Planner, PlannerCluster } from '../../../shared/domain/draft/planner.ts';
import type { Fleet } from '../../../shared/domain/fleet.ts';
import type { PlanningDeps } from './deps.ts';

/** Tells others that this process makes plans, and of which fleet; follows the fleet file when it is changed. */
export class Catalogue {
  readonly #deps: Pick<PlanningDeps, 'planners' | 'fleetFile'>;
  readonly #id = randomUUID();
  #changedAtMs = -1;
  #known: Pick<Planner, 'fleet' | 'clusters' | 'problems'> = { fleet: '', clusters: [], problems: [] };

  constructor(deps: Pick<PlanningDeps, 'planners' | 'fleetFile'>) {
    this.#deps = deps;
  }

  /** Of the file as it was when it was right last. */
  get clusters(): readonly PlannerCluster[] {
    return this.#known.clusters;
  }

  /** Reads the file if it was changed since, and says that we are here. */
  async tell(): Promise<void> {
    const { planners, fleetFile } = this.#deps;
    await this.#read(fleetFile).catch((error: unknown) => {
      this.#known = { ...this.#known, problems: [`${fleetFile} cannot be read: ${String(error)}`] };
      this.#changedAtMs = -1;
    });
    await planners.present({ id: this.#id, host: hostname(), fleetFile, ...this.#known });
  }

  async leave(): Promise<void> {
    await this.#deps.planners.absent(this.#id);
  }

  async #read(file: string): Promise<void> {
    const { mtimeMs } = await stat(file);
    if (mtimeMs === this.#changedAtMs) return;
    const { loadFleet } = await import('../../../shared/config/load.ts');
    const { fleet, problems } = loadFleet(file);
    this.#known = fleet ? catalogueOf(fleet) : { ...this.#known, problems: problems.map(showProblem) };
    this.#changedAtMs = mtimeMs;
  }
}

function catalogueOf({ name, stages }: Fleet): Pick<Planner, 'fleet' | 'clusters' | 'problems'> {
  const clusters = stages.flatMap(stage =>
    stage.clusters.map(cluster => ({
      name: cluster.name,
      stage: stage.name,
      waves: cluster.waves.map(wave => ({ name: wave.name, sequences: wave.sequences })),
    })),
  );
  return { fleet: name, clusters, problems: [] };
}
