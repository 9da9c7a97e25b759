import { z } from 'zod';
import { parseAlertSelector } from '../../../domain/gate/alert-selector.ts';
import { option } from '../../option.ts';
import { text, words } from '../../values.ts';

const SELECTOR = 'a regular expression for names of alerts, or conditions such as {severity="critical", node=~"n.*"}';

const selector = z.string({ error: SELECTOR }).superRefine((value, context) => {
  try {
    parseAlertSelector(value);
  } catch (error) {
    context.addIssue(`${SELECTOR}: ${(error as Error).message}`);
  }
});

const label = text('the name of a label', /^[A-Za-z_][A-Za-z0-9_]*$/);

/** Which alerts count. */
export const alertsTable = {
  severity: option(z.array(words).min(1, { error: 'at least one value' }), 'Values of the label severity that count.', {
    otherwise: 'all, and alerts without it',
  }),
  include: option(
    z.array(selector).min(1, { error: 'at least one' }),
    'Alerts that count: a regular expression for the whole name, or conditions on labels in braces, as in PromQL.',
    { otherwise: 'all' },
  ),
  exclude: option(z.array(selector), 'Alerts that do not count, written like include.', {
    default: ['Watchdog', 'InfoInhibitor'],
  }),
  awayLabels: option(
    z.array(label),
    'Labels that hold the name or an address of a node: alerts about nodes that nodetide has away now do not count.',
    { default: [] },
  ),
  watchdog: option(words, 'An alert that always fires: without it the gate is closed, as alerting does not work.', {
    otherwise: 'none',
  }),
};
