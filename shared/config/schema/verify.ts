import { z } from 'zod';
import { option, section } from '../option.ts';
import { duration, words, yesNo } from '../values.ts';

export const verifyTable = {
  soak: option(duration, 'All checks must hold for this long.', { default: '30s' }),
  commands: option(z.array(words), 'Checks of your own: POSIX sh text, run on the host as root; exit 0 is good.', {
    default: [],
  }),
  failedUnits: option(yesNo, 'No systemd unit may have failed that had not failed before.', { default: true }),
  daemonSetPods: option(yesNo, "The node's DaemonSet pods must be ready.", { default: true }),
};

/** `policy.verify`. */
export const verifySchema = section('Verify', 'What must hold before a node counts as well.', verifyTable);
