import { z } from 'zod';
import { parseJsonPath } from '../../domain/json-path.ts';
import { placeholderTrouble } from '../../domain/placeholders.ts';
import { urlTrouble } from '../../domain/probe-url.ts';
import { option, required, section } from '../option.ts';
import {
  duration,
  labelSelector,
  oneOf,
  path,
  positiveDuration,
  secretRef,
  text,
  whole,
  words,
  yesNo,
} from '../values.ts';

const NAME = 'a name of at most 60 letters, digits, spaces and . _ / -, which starts with a letter or digit';
const URL_TEXT = 'an http or https URL, which may hold {address} and {node}';
const STATUS = 'a status such as 200, a range such as 200-399, or a list of them';
const HEADER = 'text of one line, or where a secret is: {env: NAME} or {file: PATH}';
const RESOURCE =
  'a plural as kubectl api-resources shows it, with its group: nodes, deployments.apps, deployments.v1.apps';
const JSON_PATH = 'a JSONPath such as {.status.phase}';
const PATTERN = 'a regular expression';

/** Text that `trouble` finds nothing wrong with. */
function judged(expected: string, trouble: (value: string) => string | null) {
  return z.string({ error: expected }).superRefine((value, context) => {
    const found = trouble(value);
    if (found !== null) context.addIssue(`${expected}: ${found}`);
  });
}

function thrown(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const status = z.union(
  [
    whole(100, 599),
    text(STATUS, /^[1-5]\d\d-[1-5]\d\d$/),
    z.array(z.union([whole(100, 599), text(STATUS, /^[1-5]\d\d-[1-5]\d\d$/)])),
  ],
  { error: STATUS },
);

const named = (expected: string) => judged(`${expected}, which may hold {node} and {address}`, placeholderTrouble);

export const httpTlsTable = {
  caFile: option(path, 'PEM file of the authorities to trust instead of the usual ones.', {
    otherwise: 'the usual ones',
  }),
  serverName: option(named('a name'), 'Name to ask for and to find in the certificate.', {
    otherwise: 'the host of the URL',
  }),
  insecure: option(yesNo, 'Take any certificate.', { default: false }),
};

export const httpCheckTable = {
  url: required(judged(URL_TEXT, urlTrouble), 'What to ask. {address} and {node} stand for those of the node.'),
  method: option(oneOf('GET', 'HEAD'), 'How to ask.', { default: 'GET' }),
  status: option(status, 'The answers that are good.', { default: '200-399' }),
  body: option(words, 'Text that must be in the first 64 KiB of the body.', { otherwise: 'any' }),
  bodyMatches: option(
    judged(PATTERN, value => thrown(() => new RegExp(value, 'u'))),
    'Regular expression (of JavaScript) that the first 64 KiB of the body must match.',
    { otherwise: 'any' },
  ),
  headers: option(
    z.record(
      text('the name of a header', /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/),
      z.union([text(HEADER, /^[^\r\n\0]*$/), secretRef], { error: HEADER }),
    ),
    'Headers of the request. What is secret is named by where it is: {env: NAME} or {file: PATH}.',
    { default: {} },
  ),
  redirects: option(whole(0, 10), 'How many redirects are followed; 0: a redirect is an answer like any other.', {
    default: 0,
  }),
  tls: option(section('HttpTls', 'How the server of an https URL is checked.', httpTlsTable), 'For https.'),
};

/** A question to an HTTP server. */
export const httpCheckSchema = section(
  'HttpCheck',
  'Asks an HTTP server, from the machine nodetide runs on and never through a proxy.',
  httpCheckTable,
);

export const conditionTable = {
  resource: required(
    text(RESOURCE, /^[a-z][a-z0-9]*(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/),
    'What kind of objects: the plural, with the group if there is one, and a version if it matters.',
  ),
  namespace: option(named('a namespace'), 'Their namespace.', { otherwise: 'none, or all' }),
  name: option(named('a name'), 'One object. Either this or a selector.'),
  selector: option(labelSelector, 'Labels of the objects.'),
  fieldSelector: option(
    named('a field selector such as spec.nodeName={node}'),
    'Fields of the objects, as far as the API server can select by them.',
  ),
  condition: option(words, 'Type of a condition in status.conditions, such as Available.'),
  status: option(words, 'Status that condition must have.', { default: 'True' }),
  jsonPath: option(
    judged(JSON_PATH, value => thrown(() => parseJsonPath(value))),
    'Where to look instead of at a condition.',
  ),
  value: option(z.string({ error: 'text (in quotes, if it looks like a number)' }), 'What must be found there.', {
    otherwise: 'anything but nothing',
  }),
};

export const checkTable = {
  name: required(text(NAME, /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,59}$/), 'What it is called in results and messages.'),
  command: option(words, 'POSIX sh text; exit 0 is good.'),
  on: option(
    oneOf('host', 'control'),
    'Where the command runs: on the host, as root, or on the machine nodetide runs on.',
    {
      default: 'host',
    },
  ),
  http: option(httpCheckSchema, 'Asks an HTTP server.'),
  condition: option(
    section('ConditionCheck', 'Looks at Kubernetes objects, as kubectl wait --for does.', conditionTable),
    'Looks at objects in the cluster.',
  ),
  timeout: option(positiveDuration, 'How long one try may take.', { default: '10s' }),
  retries: option(whole(0, 20), 'Further tries within one look: one blip does not begin the soak anew.', {
    default: 2,
  }),
  retryDelay: option(duration, 'Wait between tries.', { default: '1s' }),
};

/** One of `policy.verify.checks`. */
export const checkSchema = section('Check', 'A check of your own: one of command, http, condition.', checkTable);

/** What a check says, checked. */
export type CheckFile = z.output<typeof checkSchema>;
