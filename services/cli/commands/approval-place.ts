import { type ApprovalPlace, placeText } from '../../../shared/domain/command.ts';
import type { ApprovalStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { CliError, EXIT } from '../exit.ts';
import { findWave } from './places.ts';

/**
 * The place that words name: `stage production`, `cluster dev`, `wave dev/2`, `canary dev/2`, or the last word alone. Alone,
 * it means a place in the state that is looked for; CliError when it may still be one or the other, or is none.
 */
export function findApprovalPlace(
  status: RolloutStatus,
  words: readonly string[],
  looked: ApprovalStatus['state'],
): ApprovalPlace {
  const [first = '', second, ...rest] = words;
  if (rest.length > 0) throw new CliError(EXIT.usage, `one place at a time, not ${words.join(' ')}`);
  const named = placesNamed(status, second ?? first);
  const places = second === undefined ? named : named.filter(place => place.of === first);
  const fit = places.filter(place => {
    const name = placeText(place);
    return status.approvals.some(each => each.state === looked && placeText(each.place) === name);
  });
  const [place, ...others] = fit.length > 0 ? fit : places;
  if (!place) throw new CliError(EXIT.badInput, unknown(status, words.join(' ')));
  // A canary that nobody waits for yet is named in full.
  const unclear = others.filter(other => other.of !== 'canary');
  if (unclear.length === 0) return place;
  const names = [place, ...unclear].map(placeText).join(' or ');
  throw new CliError(EXIT.badInput, `${first} may be several places: say ${names}`);
}

function placesNamed(status: RolloutStatus, name: string): ApprovalPlace[] {
  if (name.includes('/')) {
    const { cluster, index: wave } = findWave(status, name);
    return [
      { of: 'wave', cluster, wave },
      { of: 'canary', cluster, wave },
    ];
  }
  const places: ApprovalPlace[] = [];
  if (status.clusters.some(cluster => cluster.stage === name)) places.push({ of: 'stage', stage: name });
  if (status.clusters.some(cluster => cluster.name === name)) places.push({ of: 'cluster', cluster: name });
  return places;
}

function unknown(status: RolloutStatus, asked: string): string {
  const wanted = status.approvals.filter(each => each.state === 'wanted').map(each => placeText(each.place));
  const hint = wanted.length > 0 ? `waiting: ${wanted.join(', ')}` : 'nothing waits for an approval now';
  return `rollout ${status.id} has no place ${asked}; ${hint}`;
}
