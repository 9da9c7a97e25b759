import { describe, expect, it } from 'vitest';
import { loadFleetText } from '../../../shared/config/load.ts';

const AROUND = {
  home: '/home/ops',
  cwd: '/fleet',
  env: {},
  trouble: () => null,
  read: () => JSON.stringify({ contexts: [{ name: 'dev' }] }),
};
const BASE = `fleet: acme
stages: [{name: one, clusters: [dev]}]
clusters: {dev: {kubernetes: none, inventory: {sources: [{kind: static, nodes: [{name: a, sequence: 1}]}]}, waves: [{sequences: [1]}], ssh: {user: root}}}
`;
const HOOK = 'bus: {kind: webhook, url: "https://bus.example/in"}';

function load(notifications: string) {
  return loadFleetText(`${BASE}notifications: ${notifications}\n`, 'fleet.yaml', AROUND);
}

describe('notifications in the fleet file', () => {
  it('are compiled: defaults by kind, files by absolute paths, and no secret', () => {
    const { fleet, problems } = load(`
  pageUrl: https://nodetide.example/
  targets:
    chat: {kind: slack, url: {env: SLACK}, timeout: 5s}
    team: {kind: teams, url: {file: teams-url}, inDoubt: repeat}
    mail: {kind: mail, host: mail.example, from: a@example.org, to: [Ops <ops@example.org>], user: u, password: {file: ~/pw}, tls: tls}
    bus: {kind: webhook, url: "https://bus.example/in", secret: {env: KEY}, headers: {X-A: b, Authorization: {file: tok}}, caFile: ca.pem}
  routes:
    - to: [chat, chat, team]
    - {to: [mail, bus], events: [finished], minSeverity: warning, blockedFor: 2h, stages: [one], clusters: [dev], template: {title: "{fleet}"}}
`);
    expect(problems).toEqual([]);
    const common = { timeoutMs: 10_000, giveUpMs: 43_200_000, caFile: null };
    expect(fleet?.notifications).toMatchObject({
      pageUrl: 'https://nodetide.example',
      targets: [
        { ...common, name: 'chat', kind: 'slack', inDoubt: 'leave', url: { env: 'SLACK' }, timeoutMs: 5_000 },
        { ...common, name: 'team', kind: 'teams', inDoubt: 'repeat', url: { file: '/fleet/teams-url' } },
        {
          ...common,
          name: 'mail',
          inDoubt: 'repeat',
          port: 465,
          tls: 'tls',
          auth: { user: 'u', password: { file: '/home/ops/pw' } },
        },
        {
          ...common,
          name: 'bus',
          inDoubt: 'repeat',
          secret: { env: 'KEY' },
          headers: { 'X-A': 'b', Authorization: { file: '/fleet/tok' } },
          caFile: '/fleet/ca.pem',
        },
      ],
      routes: [
        { to: ['chat', 'team'], clusters: [], stages: [], minSeverity: 'info', blockedForMs: 1_800_000, template: {} },
        {
          to: ['mail', 'bus'],
          events: ['finished'],
          minSeverity: 'warning',
          blockedForMs: 7_200_000,
          template: { title: '{fleet}' },
        },
      ],
    });
    expect(fleet?.notifications?.routes[0]?.events).toHaveLength(9);
  });

  const wrong: readonly (readonly [string, string, string | RegExp])[] = [
    [
      'an unknown target',
      `{targets: {${HOOK}}, routes: [{to: [bsu]}]}`,
      /there is no target "bsu"; did you mean "bus"\?/,
    ],
    [
      'an unknown cluster',
      `{targets: {${HOOK}}, routes: [{to: [bus], clusters: [devv]}]}`,
      /no cluster "devv"; did you mean "dev"\?/,
    ],
    ['an unknown stage', `{targets: {${HOOK}}, routes: [{to: [bus], stages: [two]}]}`, /there is no stage "two"/],
    ['a target nobody names', `{targets: {${HOOK}}, routes: []}`, /no route leads to bus/],
    ['an unknown key', `{targets: {${HOOK}}, routes: [{to: [bus], when: now}]}`, /^unknown key/],
    ['an unknown event', `{targets: {${HOOK}}, routes: [{to: [bus], events: [done]}]}`, /started/],
    [
      'a kind there is none of',
      '{targets: {a: {kind: pager}}, routes: [{to: [a]}]}',
      /one of the kinds slack, teams, mail, webhook/,
    ],
    [
      'a placeholder there is none of',
      `{targets: {${HOOK}}, routes: [{to: [bus], template: {body: "{host}"}}]}`,
      /\{host\} is none of \{title\}/,
    ],
    [
      'a URL that is a secret',
      '{targets: {a: {kind: slack, url: "https://hooks.slack.com/x"}}, routes: [{to: [a]}]}',
      /never written here/,
    ],
    [
      'a secret in a header',
      '{targets: {a: {kind: webhook, url: "https://x.example", headers: {Authorization: Bearer x}}}, routes: [{to: [a]}]}',
      /secrets are never written into the fleet file/,
    ],
    [
      'half a log-in',
      '{targets: {a: {kind: mail, host: h, from: a@b.c, to: [a@b.c], user: u}}, routes: [{to: [a]}]}',
      /a user and a password belong together/,
    ],
    [
      'mail in the clear',
      '{targets: {a: {kind: mail, host: mail.example, from: a@b.c, to: [a@b.c], tls: none}}, routes: [{to: [a]}]}',
      /through the network for all to read/,
    ],
    [
      'no address',
      '{targets: {a: {kind: mail, host: h, from: "a@b.c\\r\\nBcc: x@y.z", to: [a@b.c]}}, routes: [{to: [a]}]}',
      /a mail address such as/,
    ],
  ];
  it('all that is wrong with a target is told at once', () => {
    const { problems } = load(`
  targets:
    a: {kind: webhook, url: "http://bus.example", caFile: ca.pem, headers: {Authorization: Bearer x}}
    b: {kind: mail, host: mail.example, from: a@b.c, to: [a@b.c], tls: none, password: {env: PW}}
  routes: [{to: [a, b]}]
`);
    expect(problems.map(({ code }) => code)).toEqual(['target-tls', 'inline-secret', 'target-tls', 'target-login']);
  });

  it.each(wrong)('%s is a problem', (_name, notifications, message) => {
    expect(
      load(notifications)
        .problems.map(problem => problem.message)
        .join('\n'),
    ).toMatch(message);
  });
});
