import { type CommandBody, type CommandPlace, err, out } from './command.ts';

/** Orders a reboot by root; used by every command that can. */
export function orderReboot({ host, process }: CommandPlace, by: string): ReturnType<CommandBody> {
  if (process.uid !== 0)
    return err(
      'Failed to set wall message, ignoring: Interactive authentication required.\nFailed to reboot system via logind: Interactive authentication required.',
    );
  host.reboot(by);
  return out('');
}

/** `shutdown -r now|+N`; without -r the machine goes off and stays off. */
const shutdown: CommandBody = (args, place) => {
  const { host, process } = place;
  if (process.uid !== 0) return err('Failed to set wall message: Interactive authentication required.');
  if (args.includes('-c')) return out('');
  if (args.some(arg => /^-\w*r/.test(arg) || arg === '--reboot')) {
    const minutes = args.map(arg => /^\+(\d+)$/.exec(arg)?.[1]).find(found => found !== undefined);
    if (minutes === undefined || minutes === '0') return orderReboot(place, 'shutdown -r');
    void host.timers.wait(Number(minutes) * 60_000).then(whole => whole && host.reboot('shutdown -r'));
    return out('');
  }
  host.powerCut();
  return out('');
};

export const POWER: Readonly<Record<string, CommandBody>> = {
  shutdown,
  reboot: (_args, place) => orderReboot(place, 'reboot'),
};
