import { z } from 'zod';
import { option, section } from '../option.ts';
import { duration, yesNo } from '../values.ts';
import { checkSchema } from './user-check.ts';

export const verifyTable = {
  soak: option(duration, 'All checks must hold for this long.', { default: '30s' }),
  checks: option(z.array(checkSchema), 'Checks of your own. A list given here replaces a more general one.', {
    default: [],
  }),
  failedUnits: option(yesNo, 'No systemd unit may have failed that had not failed before.', { default: true }),
  daemonSetPods: option(yesNo, "The node's DaemonSet pods must be ready.", { default: true }),
};

/** `policy.verify`. */
export const verifySchema = section('Verify', 'What must hold before a node counts as well.', verifyTable);
