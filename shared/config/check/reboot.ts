import { fill } from '../option.ts';
import type { Finding } from '../problem.ts';
import { rebootTable } from '../schema/reboot.ts';
import { aboutOf, limitsOf, type Place, placeOf } from './place.ts';

/** One way to reboot, and limits that fit the step's. `places`: general first. */
export function checkWayToReboot(places: readonly Place[]): Finding[] {
  return [...checkWays(places), ...checkLimits(places)];
}

const filled = (places: readonly Place[]) =>
  fill(
    rebootTable,
    places.map(place => place.value.reboot),
  );

function checkWays(places: readonly Place[]): Finding[] {
  const { command, controlCommand, shutdownFirst } = filled(places);
  const path = placeOf(places, 'reboot', 'controlCommand');
  if (command !== '' && controlCommand !== '') {
    const message = 'both command (on the host) and controlCommand (from outside) are given; keep one';
    return [{ code: 'two-ways-to-reboot', path, message, about: aboutOf(places, ['reboot', 'command']) }];
  }
  if (controlCommand !== '' && shutdownFirst === undefined) {
    const message =
      'a controlCommand is given; say shutdownFirst: true (the host shuts down, the command turns it on) or false (the command reboots a host that is up)';
    return [{ code: 'shutdown-first-unsaid', path, message, about: aboutOf(places, ['reboot', 'shutdownFirst']) }];
  }
  if (controlCommand === '' && shutdownFirst) {
    const message = 'shutdownFirst is true, but no controlCommand is given that would turn the host on; add one';
    const own = placeOf(places, 'reboot', 'shutdownFirst');
    return [{ code: 'control-command-missing', path: own, message }];
  }
  return [];
}

/** A limit that the step's own limit always beats would never count. */
function checkLimits(places: readonly Place[]): Finding[] {
  const { downTimeout, upTimeout, controlTimeout, controlCommand } = filled(places);
  const { timeout } = limitsOf(places, 'reboot');
  const control = controlCommand === '' ? 0 : controlTimeout.ms;
  const sumMs = downTimeout.ms + upTimeout.ms + control;
  if (sumMs <= timeout.ms) return [];
  const keys = [...(control > 0 ? ['controlTimeout'] : []), 'downTimeout', 'upTimeout'];
  const own = keys.map(key => placeOf(places, 'reboot', key)).findLast(path => path.length > 0);
  const path = own ?? placeOf(places, 'steps', 'reboot', 'timeout');
  const names = keys.map(key => `reboot.${key}`).join(' + ');
  const message = `${names} (${sumMs / 1000}s) does not fit steps.reboot.timeout (${timeout.ms / 1000}s)`;
  return [
    {
      code: 'wait-too-long',
      path,
      message,
      about: aboutOf(
        places,
        keys.flatMap(key => ['reboot', key]),
      ),
    },
  ];
}
