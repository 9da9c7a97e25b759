import { resolveAmount } from '../../policy.ts';
import type { Discovery } from '../finding.ts';
import { discover, type Gathered } from '../gather.ts';
import { type DrainedNode, type PreflightWorld, podName } from '../world.ts';
import { ApartIndex } from './apart.ts';
import { tooLittleRoom } from './confined.ts';
import { crowdedOut, type Rivals, rivalsOf } from './crowded.ts';
import { type FitPod, FitWorld } from './fit-world.ts';
import { nowhereFinding, runNowhereElse } from './nowhere.ts';
import { placeElsewhere } from './pack.ts';

/** What was found about the places pods need, and the pods no other node could take. */
export interface FitFindings {
  readonly discoveries: readonly Discovery[];
  readonly nowhere: ReadonlySet<FitPod>;
}

/** Judges, wave by wave, whether the pods of drained nodes find places elsewhere. */
export class FitJudge {
  readonly #world: PreflightWorld;
  readonly #fit: FitWorld;
  readonly #apart: ApartIndex;
  readonly #rivals: readonly Rivals[];

  constructor(world: PreflightWorld) {
    this.#world = world;
    this.#fit = new FitWorld(world);
    this.#apart = new ApartIndex(this.#fit);
    this.#rivals = rivalsOf(this.#apart);
  }

  /** `drained`: the nodes of the wave. Node by node, and then its `concurrency` fullest at once. */
  judge(wave: number, concurrency: number, drained: readonly DrainedNode[]): FitFindings {
    const fit = this.#fit;
    const nodes = drained.flatMap(({ node }) => fit.indexOf.get(node.name) ?? []);
    const nowhere = new Set(nodes.flatMap(node => runNowhereElse(fit, wave, node)));
    const found = [...nowhere].map(fitPod => nowhereFinding(fit, wave, fitPod));
    const crowded = crowdedOut(fit, wave, new Set(nodes), this.#rivals);
    const room = tooLittleRoom(fit, wave, nodes, nowhere);
    const told = new Set([...crowded.map(({ pod }) => pod), ...room.flatMap(({ pods }) => pods)]);
    const now = nodes.flatMap(node => this.#unplaced([node], nowhere, told));
    const together = this.#together(
      nodes,
      this.#atOnce(concurrency),
      nowhere,
      new Set([...told, ...now.map(({ pod }) => pod)]),
    );
    return { discoveries: [...discover([...found, ...crowded]), ...room, ...discover([...now, ...together])], nowhere };
  }

  /** As many nodes as may really be away at once. */
  #atOnce(concurrency: number): number {
    const { policy, size } = this.#world.cluster;
    return Math.min(concurrency, resolveAmount(policy.maxUnavailable, size));
  }

  #unplaced(away: readonly number[], nowhere: ReadonlySet<FitPod>, told: ReadonlySet<string>): Gathered[] {
    return placeElsewhere(this.#fit, this.#apart, away, nowhere).flatMap(({ fitPod, alone }): Gathered[] => {
      const pod = podName(fitPod.pod);
      if (told.has(pod)) return [];
      const message = alone
        ? 'no other node has room for pods as they are spread now'
        : 'no place was found for pods as they are spread now (the largest first; another order may do)';
      return [{ code: 'noRoomNow', message, node: this.#fit.nodes[fitPod.home]?.name ?? '', pod }];
    });
  }

  #together(
    nodes: readonly number[],
    count: number,
    nowhere: ReadonlySet<FitPod>,
    told: ReadonlySet<string>,
  ): Gathered[] {
    if (count < 2 || nodes.length < 2) return [];
    const away = this.#fullest(nodes).slice(0, count);
    const message = `no place was found for pods with the ${away.length} fullest nodes of the wave away at once`;
    return this.#unplaced(away, nowhere, told).map(each => ({ ...each, message }));
  }

  /** By the room their pods need elsewhere, as a share of all there is. */
  #fullest(nodes: readonly number[]): number[] {
    const fit = this.#fit;
    const total = fit.dimensions.zero();
    for (const room of fit.free)
      for (const [at, amount] of room.entries()) total[at] = (total[at] ?? 0) + Math.max(0, amount);
    const share = (node: number) => {
      const need = fit.dimensions.zero();
      for (const { moves, wish } of fit.pods[node] ?? []) {
        if (moves) for (const [at, amount] of wish.entries()) need[at] = (need[at] ?? 0) + amount;
      }
      return Math.max(...need.map((amount, at) => (amount === 0 ? 0 : amount / Math.max(1, total[at] ?? 0))));
    };
    const shares = new Map(nodes.map(node => [node, share(node)]));
    return [...nodes].sort((a, b) => (shares.get(b) ?? 0) - (shares.get(a) ?? 0));
  }
}
