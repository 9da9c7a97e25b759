import { describe, expect, it } from 'vitest';
import { load, marked } from '../../helpers/fleet-file.ts';

const HEAD = 'fleet: acme\nstages: [{name: one, clusters: [dev]}]\n';
const DEV =
  'clusters:\n  dev:\n    kubernetes: {kubeconfig: kubeconfig, context: dev}\n    waves: [{sequences: [1]}]\n';
const withPolicy = (policy: string) => `${HEAD}defaults:\n  ssh: {user: ops}\n  policy: {${policy}}\n${DEV}`;
const withChecks = (checks: string) => withPolicy(`verify: {checks: [${checks}]}`);

/** Name, policy with a mark where the problem is expected, and `code: message`. */
const WRONG: readonly (readonly [string, string, string])[] = [
  ['nothing to check', withChecks('▸{name: a}'), 'check-kind: a checks nothing; add command, http or condition'],
  [
    'two kinds at once',
    withChecks("{name: a, command: 'true', ▸http: {url: 'http://x/'}}"),
    'check-kind: command and http are given; make them checks of their own',
  ],
  [
    'a name twice',
    withChecks("{name: a, command: 'true'}, {name: ▸a, command: 'true'}"),
    'check-name-twice: a is the name of another check of this list',
  ],
  [
    'a place for what has none',
    withChecks("{name: a, ▸on: control, http: {url: 'http://x/'}}"),
    'check-on: only a command runs on host or control; take on away',
  ],
  [
    'no URL',
    withChecks('{name: a, http: {url: ▸x}}'),
    'wrong-value: found "x", expected an http or https URL, which may hold {address} and {node}: it is no URL',
  ],
  [
    'a URL of another kind',
    withChecks("{name: a, http: {url: ▸'ftp://x/'}}"),
    'wrong-value: found "ftp://x/", expected an http or https URL, which may hold {address} and {node}: ftp: is neither http: nor https:',
  ],
  [
    'a placeholder nobody knows',
    withChecks("{name: a, http: {url: ▸'http://{host}/'}}"),
    'wrong-value: found "http://{host}/", expected an http or https URL, which may hold {address} and {node}: {host} is neither {node} nor {address}',
  ],
  [
    'an unfinished pattern',
    withChecks("{name: a, http: {url: 'http://x/', bodyMatches: ▸'(a'}}"),
    'wrong-value: found "(a", expected a regular expression: Invalid regular expression: /(a/u: Unterminated group',
  ],
  [
    'a body of a HEAD',
    withChecks("{name: a, http: {url: 'http://x/', method: ▸HEAD, body: ok}}"),
    'check-http: an answer to HEAD has no body; use GET, or take body and bodyMatches away',
  ],
  [
    'TLS without TLS',
    withChecks("{name: a, http: {url: 'http://x/', ▸tls: {insecure: true}}}"),
    'check-http: the URL is http, so tls would not count; use https, or take tls away',
  ],
  [
    'a CA nobody asks',
    withChecks("{name: a, http: {url: 'https://x/', tls: {caFile: ca.pem, insecure: ▸true}}}"),
    'check-http: insecure takes any certificate, so caFile and serverName would not count; keep one',
  ],
  [
    'objects that are not named',
    withChecks('{name: a, ▸condition: {resource: nodes, condition: Ready}}'),
    'check-condition: it is not said which objects; add name, selector or fieldSelector',
  ],
  [
    'nothing that must hold',
    withChecks('{name: a, ▸condition: {resource: nodes, name: n}}'),
    'check-condition: it is not said what must hold; add condition or jsonPath',
  ],
  [
    'a value of a condition',
    withChecks('{name: a, condition: {resource: nodes, name: n, condition: Ready, ▸value: x}}'),
    'check-condition: value belongs to a jsonPath; use status for a condition',
  ],
  [
    'a path that makes no sense',
    withChecks("{name: a, condition: {resource: nodes, name: n, jsonPath: ▸'{.a[}'}}"),
    'wrong-value: found "{.a[}", expected a JSONPath such as {.status.phase}: "[" makes no sense to it',
  ],
  [
    'a kind instead of a plural',
    withChecks('{name: a, condition: {resource: ▸Deployment, name: n, condition: Available}}'),
    'wrong-value: found "Deployment", expected a plural as kubectl api-resources shows it, with its group: nodes, deployments.apps, deployments.v1.apps',
  ],
  [
    'tries that take too long',
    withChecks("{name: a, command: 'true', timeout: ▸5m}"),
    'wait-too-long: a may take 902s with its retries, which is not shorter than steps.verify.timeout (900s)',
  ],
  [
    'the former key',
    withPolicy("verify: {▸commands: ['true']}"),
    'former-key: is no more; write checks: [{name: NAME, command: TEXT}]',
  ],
  [
    'a secret in the file',
    withChecks("{name: a, http: {url: ▸'http://me:secret@x/'}}"),
    'wrong-value: found a value (not shown, it may be a secret), expected an http or https URL, which may hold {address} and {node}: a user and password do not belong here; use headers: {Authorization: {env: NAME}}',
  ],
  [
    'a secret header in the file',
    withChecks("{name: a, http: {url: 'http://x/', headers: {▸Authorization: Bearer x}}}"),
    'inline-secret: secrets are never written into the fleet file; say where it is with Authorization: {env: NAME} or {file: PATH}',
  ],
  [
    'two ways to reboot',
    withPolicy('reboot: {command: kexec, controlCommand: ▸cycle, shutdownFirst: false}'),
    'two-ways-to-reboot: both command (on the host) and controlCommand (from outside) are given; keep one',
  ],
  [
    'a command from outside that is not told what it finds',
    withPolicy('reboot: {controlCommand: ▸cycle}'),
    'shutdown-first-unsaid: a controlCommand is given; say shutdownFirst: true (the host shuts down, the command turns it on) or false (the command reboots a host that is up)',
  ],
  [
    'a shutdown nobody ends',
    withPolicy('reboot: {shutdownFirst: ▸true}'),
    'control-command-missing: shutdownFirst is true, but no controlCommand is given that would turn the host on; add one',
  ],
  [
    'limits that do not fit the step',
    withPolicy('reboot: {upTimeout: ▸1h}'),
    'wait-too-long: reboot.downTimeout + reboot.upTimeout (3900s) does not fit steps.reboot.timeout (2700s)',
  ],
];

describe('a policy with', () => {
  it.each(WRONG)('%s', (_, text, expected) => {
    const { text: source, places } = marked(text);
    const { problems } = load(source);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([expected]);
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
  });
});

it('checks are compiled with their defaults, in our units', () => {
  const { fleet, problems } = load(
    withChecks(
      [
        "{name: cmd, command: 'true', on: control, timeout: 1m, retries: 0}",
        "{name: web, http: {url: 'https://{address}/', status: [200, 301-302], headers: {X: y, Auth: {file: token}}, tls: {caFile: ca.pem}}}",
        '{name: dep, condition: {resource: deployments.apps, namespace: shop, name: web, condition: Available}}',
        "{name: pods, condition: {resource: pods, fieldSelector: 'spec.nodeName={node}', jsonPath: '{.status.phase}', value: Running}}",
      ].join(', '),
    ),
  );
  expect(problems).toEqual([]);
  const base = { timeoutMs: 10_000, retries: 2, retryDelayMs: 1_000 };
  const objects = { namespace: '', name: '', selector: '', fieldSelector: '' };
  expect(fleet?.stages[0]?.clusters[0]?.nodePolicy.verify.checks).toEqual([
    { ...base, name: 'cmd', kind: 'command', on: 'control', command: 'true', timeoutMs: 60_000, retries: 0 },
    {
      ...base,
      name: 'web',
      kind: 'http',
      url: 'https://{address}/',
      method: 'GET',
      status: [
        { from: 200, to: 200 },
        { from: 301, to: 302 },
      ],
      body: '',
      bodyMatches: '',
      headers: { X: 'y', Auth: { file: expect.stringMatching(/^\/.*token$/) as string } },
      redirects: 0,
      tls: { caFile: expect.stringMatching(/^\/.*ca\.pem$/) as string, serverName: '', insecure: false },
    },
    {
      ...base,
      name: 'dep',
      kind: 'condition',
      objects: { ...objects, resource: 'deployments.apps', namespace: 'shop', name: 'web' },
      expect: { kind: 'condition', type: 'Available', status: 'True' },
    },
    {
      ...base,
      name: 'pods',
      kind: 'condition',
      objects: { ...objects, resource: 'pods', fieldSelector: 'spec.nodeName={node}' },
      expect: { kind: 'jsonPath', path: '{.status.phase}', value: 'Running' },
    },
  ]);
});
