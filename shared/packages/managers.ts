import type { PackageManager } from '../ports/packages.ts';
import { APT } from './apt.ts';
import { COMMAND } from './command.ts';
import { DNF } from './dnf.ts';
import { RPM_OSTREE } from './rpm-ostree.ts';
import { TRANSACTIONAL_UPDATE } from './transactional.ts';
import { ZYPPER } from './zypper.ts';

/** All package managers, in the order in which `auto` asks them. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  // What is an image is known by how it was booted, whatever its distribution.
  RPM_OSTREE,
  TRANSACTIONAL_UPDATE,
  APT,
  DNF,
  ZYPPER,
  COMMAND,
];
