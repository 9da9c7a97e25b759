import type { Command } from 'just-bash';
import type { SimHost } from '../machine.ts';
import type { HostProcess } from '../processes.ts';
import { APT } from './apt.ts';
import { bindCommands } from './command.ts';
import { DPKG } from './dpkg.ts';
import { FILES } from './files.ts';
import { POWER } from './power.ts';
import { PROCESSES } from './processes.ts';
import { SHELLS } from './shells.ts';
import { SYSTEM } from './system.ts';
import { SYSTEMD } from './systemd.ts';

const ALL = { ...SHELLS, ...SYSTEM, ...FILES, ...PROCESSES, ...POWER, ...SYSTEMD, ...DPKG, ...APT };

/** Everything a simulated host can run besides what the sandboxed shell brings. */
export function hostCommands(host: SimHost, process: HostProcess): Command[] {
  return bindCommands(ALL, host, process);
}
