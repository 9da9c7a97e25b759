import type { ApprovalPolicy } from '../../shared/domain/approval/policy.ts';
import { type ApprovalPlace, placeText } from '../../shared/domain/command.ts';
import type { Plan } from '../../shared/domain/plan.ts';

/** What a person is asked for, without end and never given by itself unless `more` says so. */
export function asked(more: Partial<ApprovalPolicy> = {}): ApprovalPolicy {
  return { expiresMs: null, autoMs: null, ...more };
}

/** The plan with approvals at these places and soaks after these stages and waves. */
export function withPlaces(
  plan: Plan,
  approvals: readonly (readonly [ApprovalPlace, ApprovalPolicy])[],
  soaks: readonly (readonly [ApprovalPlace, number])[] = [],
): Plan {
  const policies = new Map(approvals.map(([place, policy]) => [placeText(place), policy]));
  const rests = new Map(soaks.map(([place, ms]) => [placeText(place), ms]));
  const approval = (place: ApprovalPlace) => named('approval', policies.get(placeText(place)));
  const soak = (place: ApprovalPlace) => named('soakMs', rests.get(placeText(place)));
  const stages = plan.stages.map(stage => ({
    ...stage,
    ...approval({ of: 'stage', stage: stage.name }),
    ...soak({ of: 'stage', stage: stage.name }),
    clusters: stage.clusters.map(cluster => ({
      ...cluster,
      ...approval({ of: 'cluster', cluster: cluster.name }),
      waves: cluster.waves.map(wave => {
        const at = { cluster: cluster.name, wave: wave.index };
        const canary = policies.get(placeText({ of: 'canary', ...at }));
        const own = { ...approval({ of: 'wave', ...at }), ...soak({ of: 'wave', ...at }) };
        return { ...wave, ...own, ...named('canary', canary) };
      }),
    })),
  }));
  return { ...plan, stages };
}

function named<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}
