import type { RebootCheckName } from '../../domain/policy.ts';
import { layersOf } from '../compile/layers.ts';
import { fill } from '../option.ts';
import type { Finding } from '../problem.ts';
import { cordonTable } from '../schema/cordon.ts';
import { drainTable } from '../schema/drain.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { rebootTable } from '../schema/reboot.ts';
import { upgradeTable } from '../schema/upgrade.ts';
import { verifyTable } from '../schema/verify.ts';
import type { Duration } from '../values.ts';
import { aboutOf, limitsOf, type Place, placeOf } from './place.ts';
import { checkWayToReboot } from './reboot.ts';
import { checkUserChecks } from './user-checks.ts';

/** Values that contradict each other, in every policy that nodes of a cluster may get. */
export function checkPolicies(file: FleetFile): Finding[] {
  return Object.keys(file.clusters).flatMap(cluster => {
    const base: Place[] = layersOf(file, cluster, 'policy');
    const roles = layersOf(file, cluster, 'roles').flatMap(layer =>
      Object.entries(layer.value).map(
        ([role, { policy }]): Place => ({ path: [...layer.path, role, 'policy'], value: policy }),
      ),
    );
    const policies = [base, ...roles.map(role => [...base, role])];
    const scheduled = schedulesOf(file, cluster).flatMap(place => policies.map(places => [...places, place]));
    return [...policies, ...scheduled].flatMap(checkOne);
  });
}

/** What the schedules of a cluster change. */
function schedulesOf(file: FleetFile, cluster: string): Place[] {
  return Object.entries(file.schedules ?? {}).flatMap(([name, { clusters, policy }]) => {
    if (!policy || (clusters && !clusters.includes(cluster))) return [];
    return [{ path: ['schedules', name, 'policy'], value: policy }];
  });
}

function checkOne(places: readonly Place[]): Finding[] {
  return [
    ...checkCordon(places),
    ...checkCommand(places),
    ...checkNamed(places),
    ...checkBaseline(places),
    ...checkImageModes(places),
    ...checkReboot(places),
    ...checkRefused(places),
    ...checkWaits(places),
    ...checkWayToReboot(places),
    ...checkUserChecks(places),
    ...checkBackoff(places),
  ];
}

/** Something must keep new pods off a node that is drained, else it is never empty. */
function checkCordon(places: readonly Place[]): Finding[] {
  const cordons = places.map(place => place.value.cordon);
  const { unschedulable, taint } = fill(cordonTable, cordons);
  if (unschedulable || (taint && (taint.effect ?? 'NoSchedule') === 'NoSchedule')) return [];
  const path = placeOf(places, 'cordon', 'unschedulable');
  const given = taint ? `the taint ${taint.key} only says ${taint.effect}` : 'no taint is given';
  const message = `unschedulable is false and ${given}, so nothing would keep pods off a node that is drained; add taint: {key: …, effect: NoSchedule}`;
  return [{ code: 'nothing-cordons', path, message, about: aboutOf(places, ['cordon', 'taint']) }];
}

function checkCommand(places: readonly Place[]): Finding[] {
  const { manager, command } = fill(
    upgradeTable,
    places.map(place => place.value.upgrade),
  );
  if (manager === 'command' && command === '') {
    const path = placeOf(places, 'upgrade', 'manager');
    const message = 'manager is command, but no command is given; add command: …';
    return [{ code: 'command-missing', path, message, about: aboutOf(places, ['upgrade', 'command']) }];
  }
  if (manager !== 'command' && command !== '') {
    const path = placeOf(places, 'upgrade', 'command');
    const message = `a command is given, but manager is ${manager}, so it would never run; add manager: command`;
    return [{ code: 'command-unused', path, message, about: aboutOf(places, ['upgrade', 'manager']) }];
  }
  return [];
}

/** What a command of one's own would bring cannot be asked beforehand, so nothing of it can be refused or pinned. */
function checkBaseline(places: readonly Place[]): Finding[] {
  const { manager, baseline } = fill(
    upgradeTable,
    places.map(place => place.value.upgrade),
  );
  if (manager !== 'command' || baseline === 'off' || baseline === 'warn') return [];
  const path = placeOf(places, 'upgrade', 'baseline');
  const message = `what a command of your own would bring cannot be told before it runs, so baseline: ${baseline} cannot be kept; use warn or off`;
  return [{ code: 'baseline-unknowable', path, message, about: aboutOf(places, ['upgrade', 'manager']) }];
}

/** What a tool that upgrades the system as an image cannot do. With `auto` only the host knows. */
function checkImageModes(places: readonly Place[]): Finding[] {
  const { manager, mode } = fill(
    upgradeTable,
    places.map(place => place.value.upgrade),
  );
  const lacking: Readonly<Record<string, readonly string[]>> = {
    'rpm-ostree': ['security', 'packages'],
    'transactional-update': ['security'],
  };
  if (!lacking[manager]?.includes(mode)) return [];
  const path = placeOf(places, 'upgrade', 'mode');
  const message = `${manager} upgrades the system as an image and has no mode ${mode}; use all or dist-upgrade`;
  return [{ code: 'mode-unsupported', path, message, about: aboutOf(places, ['upgrade', 'manager']) }];
}

/** Mode and list of packages belong together. */
function checkNamed(places: readonly Place[]): Finding[] {
  const { mode, packages } = fill(
    upgradeTable,
    places.map(place => place.value.upgrade),
  );
  if (mode === 'packages' && packages.length === 0) {
    const path = placeOf(places, 'upgrade', 'mode');
    const message = 'mode is packages, but none is named; add packages: [...]';
    return [{ code: 'packages-missing', path, message, about: aboutOf(places, ['upgrade', 'packages']) }];
  }
  if (mode !== 'packages' && packages.length > 0) {
    const path = placeOf(places, 'upgrade', 'packages');
    const message = `packages are named, but mode is ${mode}, so the list would not count; add mode: packages`;
    return [{ code: 'packages-unused', path, message, about: aboutOf(places, ['upgrade', 'mode']) }];
  }
  return [];
}

/** What a check for a due reboot needs is there, and what is there is asked. */
function checkReboot(places: readonly Place[]): Finding[] {
  const { checks, sentinelFiles, sentinelCommand } = fill(
    rebootTable,
    places.map(place => place.value.reboot),
  );
  const findings: Finding[] = [];
  const path = placeOf(places, 'reboot', 'checks');
  const isNamed = (name: RebootCheckName) => checks !== 'auto' && checks.includes(name);
  const about = (key: string) => aboutOf(places, ['reboot', key]);
  if (isNamed('sentinel-file') && sentinelFiles.length === 0) {
    const message = 'sentinel-file is among the checks, but sentinelFiles names none; add sentinelFiles: [...]';
    findings.push({ code: 'check-without-subject', path, message, about: about('sentinelFiles') });
  }
  if (isNamed('sentinel-command') && sentinelCommand === '') {
    const message = 'sentinel-command is among the checks, but no sentinelCommand is given; add sentinelCommand: …';
    findings.push({ code: 'check-without-subject', path, message, about: about('sentinelCommand') });
  }
  if (checks !== 'auto' && sentinelCommand !== '' && !isNamed('sentinel-command')) {
    const message = 'a sentinelCommand is given, but it would never run; add sentinel-command to checks';
    const place = placeOf(places, 'reboot', 'sentinelCommand');
    findings.push({ code: 'check-unused', path: place, message, about: about('checks') });
  }
  return findings;
}

/** Deleting against budgets needs a word on both: when, and which pods. */
function checkRefused(places: readonly Place[]): Finding[] {
  const { deleteRefusedAfter, deleteRefusedSelector } = fill(
    drainTable,
    places.map(place => place.value.drain),
  );
  if (deleteRefusedAfter.ms > 0 && deleteRefusedSelector === '') {
    const path = placeOf(places, 'drain', 'deleteRefusedAfter');
    const message =
      'pods would be deleted against their budgets, but it is not said which; add deleteRefusedSelector: …';
    return [{ code: 'delete-selector-missing', path, message }];
  }
  if (deleteRefusedAfter.ms === 0 && deleteRefusedSelector !== '') {
    const path = placeOf(places, 'drain', 'deleteRefusedSelector');
    const message =
      'a selector is given, but deleteRefusedAfter is 0s, so nothing would be deleted; add deleteRefusedAfter: …';
    return [{ code: 'delete-selector-unused', path, message }];
  }
  return [];
}

/** A wait inside a step that takes all the step's time always ends in a time-out. */
function checkWaits(places: readonly Place[]): Finding[] {
  const of = <K extends 'drain' | 'upgrade' | 'verify'>(key: K) => places.map(place => place.value[key]);
  return [
    wait(places, 'drain', 'volumeDetachTimeout', fill(drainTable, of('drain')).volumeDetachTimeout),
    wait(places, 'drain', 'notifyAfter', fill(drainTable, of('drain')).notifyAfter, 'it would never come to that'),
    wait(
      places,
      'drain',
      'deleteRefusedAfter',
      fill(drainTable, of('drain')).deleteRefusedAfter,
      'it would never come to that',
    ),
    wait(places, 'upgrade', 'lockWait', fill(upgradeTable, of('upgrade')).lockWait),
    wait(places, 'verify', 'soak', fill(verifyTable, of('verify')).soak),
  ].flat();
}

function wait(
  places: readonly Place[],
  step: 'drain' | 'upgrade' | 'verify',
  key: string,
  value: Duration,
  so = `${step} could never end well`,
): Finding[] {
  const { timeout } = limitsOf(places, step);
  if (value.ms < timeout.ms) return [];
  const own = placeOf(places, step, key);
  const path = own.length > 0 ? own : placeOf(places, 'steps', step, 'timeout');
  const message = `${step}.${key} (${value.ms / 1000}s) is not shorter than steps.${step}.timeout (${timeout.ms / 1000}s): ${so}`;
  return [{ code: 'wait-too-long', path, message }];
}

function checkBackoff(places: readonly Place[]): Finding[] {
  return (['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'] as const).flatMap((step): Finding[] => {
    const { backoff, backoffMax } = limitsOf(places, step);
    if (backoff.ms <= backoffMax.ms) return [];
    const own = placeOf(places, 'steps', step, 'backoff');
    const path = own.length > 0 ? own : placeOf(places, 'steps', step, 'backoffMax');
    const message = `backoff (${backoff.ms / 1000}s) is longer than backoffMax (${backoffMax.ms / 1000}s)`;
    return [{ code: 'backoff-too-long', path, message }];
  });
}
