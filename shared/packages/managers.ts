import type { PackageManager } from '../ports/packages.ts';
import { APT } from './apt.ts';
import { COMMAND } from './command.ts';
import { DNF } from './dnf.ts';
import { ZYPPER } from './zypper.ts';

/** All package managers, in the order in which `auto` asks them. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [APT, DNF, ZYPPER, COMMAND];
