import { z } from 'zod';
import { NOTICE_EVENTS, SEVERITIES } from '../../domain/notify/notice.ts';
import { templateTrouble } from '../../domain/notify/template.ts';
import { urlTrouble } from '../../domain/probe-url.ts';
import { option, required, section } from '../option.ts';
import { address, dnsName, oneOf, path, port, positiveDuration, secretRef, text, words } from '../values.ts';
import { httpCheckTable } from './user-check.ts';

const URL_TEXT = 'an http or https URL without user and password';
const MAIL = 'a mail address such as ops@example.org, or Ops <ops@example.org>';
const FILLED = 'text, which may hold placeholders such as {node}';

const url = z.string({ error: URL_TEXT }).superRefine((value, context) => {
  const trouble = /[{}]/.test(value) ? 'it holds braces' : urlTrouble(value);
  if (trouble !== null) context.addIssue(`${URL_TEXT}: ${trouble}`);
});

const mailAddress = text(MAIL, /^(?:[^<>\r\n@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/);

const filled = z.string({ error: FILLED }).superRefine((value, context) => {
  const trouble = templateTrouble(value);
  if (trouble !== null) context.addIssue(`${FILLED}: ${trouble}`);
});

const commonTable = {
  timeout: option(positiveDuration, 'For one attempt, from its beginning to the answer.', { default: '10s' }),
  giveUpAfter: option(positiveDuration, 'A message that could not be delivered for so long is given up.', {
    default: '12h',
  }),
  inDoubt: option(
    oneOf('repeat', 'leave'),
    'What becomes of a message whose sender died before it heard the answer: sent again under the same id, or left.',
    { otherwise: 'repeat for mail and webhook, leave for slack and teams' },
  ),
  caFile: option(path, 'PEM file of the authorities to trust instead of the usual ones.', {
    otherwise: 'the usual ones',
  }),
};

const slackTable = {
  kind: required(z.literal('slack'), 'A channel of Slack, by an incoming webhook.'),
  url: required(secretRef, "Where the webhook's URL is: whoever has it may post."),
  ...commonTable,
};

const teamsTable = {
  kind: required(
    z.literal('teams'),
    'A channel or chat of Microsoft Teams, by a workflow that takes webhook requests.',
  ),
  url: required(secretRef, "Where the workflow's URL is: whoever has it may post."),
  ...commonTable,
};

const mailTable = {
  kind: required(z.literal('mail'), 'Mail by SMTP.'),
  host: required(address, 'The mail server.'),
  port: option(port, 'Its port.', { otherwise: '465 for tls, else 587' }),
  tls: option(
    oneOf('tls', 'starttls', 'none'),
    'tls: from the first byte; starttls: before anything is said, else nothing is sent; none: only on this machine.',
    { default: 'starttls' },
  ),
  from: required(mailAddress, 'The sender.'),
  to: required(z.array(mailAddress).min(1, { error: 'at least one address' }), 'The recipients.'),
  user: option(words, 'A user, who needs a password.', { otherwise: 'nobody logs in' }),
  password: option(secretRef, "The user's password."),
  ...commonTable,
};

const webhookTable = {
  kind: required(z.literal('webhook'), 'An HTTP endpoint of your own, which gets JSON by POST.'),
  url: required(z.union([url, secretRef], { error: URL_TEXT }), 'The endpoint; where it holds a secret, where it is.'),
  secret: option(secretRef, 'What requests are signed with, as Standard Webhooks has it.', {
    otherwise: 'they are not signed',
  }),
  headers: httpCheckTable.headers,
  ...commonTable,
};

/** The tables of all kinds of targets. */
export const targetTables = { slack: slackTable, teams: teamsTable, mail: mailTable, webhook: webhookTable } as const;

const targetSchema = z.discriminatedUnion(
  'kind',
  [
    section('SlackTarget', 'Notifications to Slack.', slackTable),
    section('TeamsTarget', 'Notifications to Microsoft Teams.', teamsTable),
    section('MailTarget', 'Notifications by mail.', mailTable),
    section('WebhookTarget', 'Notifications to an HTTP endpoint.', webhookTable),
  ],
  { error: 'one of the kinds slack, teams, mail, webhook' },
);

const templateTable = {
  title: option(filled, 'The first line, or subject.', { otherwise: 'the usual one' }),
  body: option(filled, 'The text. A line whose placeholders are all empty is left out.', {
    otherwise: 'the usual one',
  }),
};

export const routeTable = {
  to: required(z.array(dnsName).min(1, { error: 'at least one target' }), 'Names of targets.'),
  events: option(z.array(oneOf(...NOTICE_EVENTS)).min(1, { error: 'at least one event' }), 'What is told.', {
    otherwise: 'everything',
  }),
  clusters: option(
    z.array(dnsName).min(1, { error: 'at least one cluster' }),
    'Only what concerns one of these clusters, or a cluster of one of `stages`.',
    { otherwise: 'all' },
  ),
  stages: option(
    z.array(dnsName).min(1, { error: 'at least one stage' }),
    'Only what concerns a cluster of one of these stages, or one of `clusters`.',
    { otherwise: 'all' },
  ),
  minSeverity: option(oneOf(...SEVERITIES), 'Only what is as bad as this, and that it is over.', { default: 'info' }),
  blockedFor: option(positiveDuration, 'How long something is blocked before that is told.', { default: '30m' }),
  template: option(
    section('NotifyTemplate', 'Words of your own, with placeholders.', templateTable),
    'Your own words.',
    {
      otherwise: 'the usual ones',
    },
  ),
};

const notifyTable = {
  pageUrl: option(url, 'Where the page of nodetide is, for links.', { otherwise: 'there are no links' }),
  targets: required(z.record(dnsName, targetSchema), 'Where notifications go, by name.'),
  routes: required(
    z.array(section('NotifyRoute', 'Who hears what. Each target hears the same thing once.', routeTable)),
    'Who hears what.',
  ),
};

/** `notifications`. */
export const notifySchema = section('Notifications', 'Who hears of rollouts, where, and of what.', notifyTable);

export type NotifyFile = z.output<typeof notifySchema>;
export type TargetFile = z.output<typeof targetSchema>;
