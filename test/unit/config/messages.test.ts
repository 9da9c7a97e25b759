import { describe, expect, it } from 'vitest';
import { load, marked, surroundings } from '../../helpers/fleet-file.ts';

/** A right file, to be made wrong in one place. */
const HEAD = 'fleet: acme\nstages: [{name: one, clusters: [dev]}]\n';
const SSH = 'defaults:\n  ssh: {user: ops}\n';
const WAVES = '    waves: [{sequences: [1]}]\n';
const DEV = `clusters:\n  dev:\n    kubernetes: {kubeconfig: kubeconfig, context: dev}\n${WAVES}`;
const RIGHT = HEAD + SSH + DEV;

const none = (nodes: string) =>
  `${HEAD + SSH}clusters:\n  dev:\n    kubernetes: none\n${WAVES}    inventory:\n      sources:\n        - kind: static\n          nodes:\n${nodes}`;

/** Name, text with a mark at each place a problem is expected, and `code: path: message` of each. */
const CASES: readonly (readonly [string, string, ...string[]])[] = [
  ['an empty file', '▸', 'wrong-value: : found nothing, expected a mapping'],
  ['no mapping', '▸- a\n', 'wrong-value: : found a list, expected a mapping'],
  [
    'broken YAML',
    'fleet: [a\n▸stages: 1\n',
    'yaml-syntax: : Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'a key twice',
    `fleet: a\n▸${HEAD}${SSH}${DEV}`,
    'duplicate-key: : this key stands here for the second time; keep one of the two',
  ],
  [
    'an unknown key close to a known one',
    `▸failurebudgt: 1\n${RIGHT}`,
    'unknown-key: failurebudgt: unknown key; did you mean "failureBudget"?',
  ],
  [
    'an unknown key like none',
    `${HEAD}${SSH}clusters:\n  dev:\n    kubernetes: {▸colour: red, context: dev, kubeconfig: kubeconfig}\n${WAVES}`,
    'unknown-key: clusters.dev.kubernetes.colour: unknown key; known here: kubeconfig, context, inCluster, qps, burst',
  ],
  [
    'a baseline that a command cannot keep',
    `${RIGHT}    policy: {upgrade: {manager: command, command: up, baseline: ▸block}}\n`,
    'baseline-unknowable: clusters.dev.policy.upgrade.baseline: what a command of your own would bring cannot be told before it runs, so baseline: block cannot be kept; use warn or off',
  ],
  [
    'a mode that images do not have',
    `${RIGHT}    policy: {upgrade: {manager: rpm-ostree, mode: ▸security}}\n`,
    'mode-unsupported: clusters.dev.policy.upgrade.mode: rpm-ostree upgrades the system as an image and has no mode security; use all or dist-upgrade',
  ],
  [
    'no taint and no cordon',
    `${RIGHT}    policy: {cordon: {unschedulable: ▸false}}\n`,
    'nothing-cordons: clusters.dev.policy.cordon.unschedulable: unschedulable is false and no taint is given, so nothing would keep pods off a node that is drained; add taint: {key: …, effect: NoSchedule}',
  ],
  [
    'a taint that keeps nothing off, instead of the cordon',
    `${RIGHT}    policy: {cordon: {unschedulable: ▸false, taint: {key: a, effect: PreferNoSchedule}}}\n`,
    'nothing-cordons: clusters.dev.policy.cordon.unschedulable: unschedulable is false and the taint a only says PreferNoSchedule, so nothing would keep pods off a node that is drained; add taint: {key: …, effect: NoSchedule}',
  ],
  [
    'a taint that evicts without asking budgets',
    `${RIGHT}    policy: {cordon: {taint: {key: a, effect: ▸NoExecute}}}\n`,
    'wrong-value: clusters.dev.policy.cordon.taint.effect: found "NoExecute", expected NoSchedule or PreferNoSchedule; NoExecute would remove pods without asking their budgets: the drain evicts them',
  ],
  [
    'a password',
    `${HEAD}defaults:\n  ssh: {user: ops, ▸password: hunter2}\n${DEV}`,
    'inline-secret: defaults.ssh.password: secrets are never written into the fleet file; hosts are reached with a keyFile or an agent, clusters with a kubeconfig',
  ],
  [
    'a token',
    `${HEAD}${SSH}clusters:\n  dev:\n    kubernetes: {kubeconfig: kubeconfig, context: dev, ▸token: abc}\n${WAVES}`,
    'inline-secret: clusters.dev.kubernetes.token: secrets are never written into the fleet file; credentials for a cluster stay in its kubeconfig',
  ],
  [
    'a passphrase',
    `${HEAD}defaults:\n  ssh: {user: ops, ▸passphrase: abc}\n${DEV}`,
    'inline-secret: defaults.ssh.passphrase: secrets are never written into the fleet file; say where it is with passphraseFrom: {env: NAME} or {file: PATH}',
  ],
  [
    'a passphrase where its place belongs',
    `${HEAD}defaults:\n  ssh: {user: ops, keyFile: ~/.ssh/id, passphraseFrom: ▸hunter2}\n${DEV}`,
    'wrong-value: defaults.ssh.passphraseFrom: found a value (not shown, it may be a secret), expected where the secret is: {env: NAME} or {file: PATH}; the secret itself is never written here',
  ],
  [
    'a missing key',
    `stages: [{name: one, clusters: [dev]}]\n${SSH}${DEV}`.replace('stages', '▸stages'),
    'missing: fleet: is missing, expected a name of lower-case letters, digits, "-" and "." (as a DNS name) of at most 253 characters',
  ],
  [
    'a missing key inside',
    `${HEAD}${SSH}clusters:\n  ▸dev:\n${WAVES}`,
    'missing: clusters.dev.kubernetes: is missing, expected {context: NAME}, {inCluster: true}, or none (hosts without Kubernetes)',
  ],
  [
    'a number for a duration',
    `${HEAD}${SSH}  policy: {recoverySoak: ▸30}\n${DEV}`,
    'wrong-value: defaults.policy.recoverySoak: found 30, expected a duration with its unit, such as 90s, 15m or 1h30m',
  ],
  [
    'a duration of nothing for a time-out',
    `${HEAD}${SSH}  policy: {steps: {reboot: {timeout: ▸0s}}}\n${DEV}`,
    'wrong-value: defaults.policy.steps.reboot.timeout: found "0s", expected a duration longer than nothing, such as 90s',
  ],
  [
    'a duration beyond all timers',
    `${HEAD}${SSH}  policy: {recoverySoak: ▸21d}\n${DEV}`,
    'wrong-value: defaults.policy.recoverySoak: found "21d", expected a duration of at most 20d',
  ],
  [
    'a word for an amount',
    `${HEAD}${SSH}  policy: {maxUnavailable: ▸many}\n${DEV}`,
    'wrong-value: defaults.policy.maxUnavailable: found "many", expected a whole number from 1, or a share such as 25%',
  ],
  [
    'nothing for an amount',
    `${HEAD}${SSH}  policy: {maxUnavailable: ▸0}\n${DEV}`,
    'wrong-value: defaults.policy.maxUnavailable: found 0, expected a whole number from 1, or a share such as 25%',
  ],
  [
    'half an amount',
    `${HEAD}${SSH}  policy: {maxUnavailable: ▸1.5}\n${DEV}`,
    'wrong-value: defaults.policy.maxUnavailable: found 1.5, expected a whole number from 1, or a share such as 25%',
  ],
  [
    'more than all',
    `${HEAD}${SSH}  policy: {maxUnavailable: ▸120%}\n${DEV}`,
    'wrong-value: defaults.policy.maxUnavailable: found "120%", expected a whole number from 1, or a share such as 25%',
  ],
  [
    'a word that is none of those',
    `${HEAD}${SSH}  policy: {drain: {when: ▸if-wrok}}\n${DEV}`,
    'wrong-value: defaults.policy.drain.when: found "if-wrok", expected one of always, if-work, if-reboot; did you mean "if-work"?',
  ],
  [
    'text for yes or no',
    `${HEAD}${SSH}  policy: {drain: {force: ▸yes}}\n${DEV}`,
    'wrong-value: defaults.policy.drain.force: found "yes", expected true or false',
  ],
  [
    'a bad label selector',
    `${HEAD}${SSH}  policy: {drain: {podSelector: ▸"a in b"}}\n${DEV}`,
    'wrong-value: defaults.policy.drain.podSelector: found "a in b", expected a label selector such as app=web,tier in (a,b): "a in b" in "a in b" is no label key',
  ],
  [
    'a bad name of a cluster',
    `${HEAD}${SSH}${DEV}  ▸Prod_1:\n    kubernetes: none\n`.replace('[dev]', '[dev]'),
    'wrong-name: clusters.Prod_1: "Prod_1" is no name for an entry here, expected a name of lower-case letters, digits, "-" and "." (as a DNS name) of at most 253 characters',
  ],
  [
    'a local host with SSH settings',
    none('            - {name: a, connection: local, ▸port: 22, ▸ssh: {user: ops}}\n'),
    'local-and-ssh: clusters.dev.inventory.sources[0].nodes[0].port: connection: local makes no use of port; take it away, or the connection',
    'local-and-ssh: clusters.dev.inventory.sources[0].nodes[0].ssh: connection: local makes no use of ssh; take it away, or the connection',
  ],
  [
    'two local hosts',
    none('            - {name: a, connection: local}\n            - {name: b, connection: ▸local}\n'),
    'two-local-hosts: clusters.dev.inventory.sources[0].nodes[1].connection: host "a" is already the machine nodetide runs on, at clusters.dev.inventory.sources[0].nodes[0]; reach this one over SSH',
  ],
  [
    'an empty wave',
    `${HEAD}${SSH}  waves: [{sequences: ▸[]}]\nclusters:\n  dev:\n    kubernetes: {kubeconfig: kubeconfig, context: dev}\n`,
    'wrong-value: defaults.waves[0].sequences: found an empty list, expected at least one sequence: a wave without any can hold no node',
  ],
  [
    'no wave',
    `${HEAD}${SSH}  waves: ▸[]\nclusters:\n  dev:\n    kubernetes: {kubeconfig: kubeconfig, context: dev}\n`,
    'wrong-value: defaults.waves: found an empty list, expected at least one wave',
  ],
  [
    'waves nowhere',
    `${HEAD}${SSH}clusters:\n  ▸dev:\n    kubernetes: {kubeconfig: kubeconfig, context: dev}\n`,
    'no-waves: clusters.dev: has no waves; add waves: [{sequences: [1]}] here or under defaults',
  ],
  [
    'a sequence in two waves',
    RIGHT.replace('[{sequences: [1]}]', '[{sequences: [1, 4]}, {sequences: [2, ▸4]}]'),
    'sequence-in-two-waves: clusters.dev.waves[1].sequences[1]: sequence 4 is already in a wave, at clusters.dev.waves[0].sequences[1]; a sequence goes once',
  ],
  [
    'a sequence twice in a wave',
    RIGHT.replace('[{sequences: [1]}]', '[{sequences: [1, ▸1]}]'),
    'sequence-in-two-waves: clusters.dev.waves[0].sequences[1]: sequence 1 is already in a wave, at clusters.dev.waves[0].sequences[0]; a sequence goes once',
  ],
  [
    'a stage that names an unknown cluster',
    RIGHT.replace('[dev]', '[dev, ▸pord]'),
    'unknown-cluster: stages[0].clusters[1]: there is no cluster "pord"; the clusters are dev',
  ],
  [
    'a stage that names a mistyped cluster',
    `${RIGHT.replace('[dev]', '[▸dve]').replace('  dev:', '  ▸dev:')}`,
    'unknown-cluster: stages[0].clusters[0]: there is no cluster "dve"; did you mean "dev"?',
    'cluster-in-no-stage: clusters.dev: cluster "dev" is in no stage, so it would never be upgraded; name it in one stage',
  ],
  [
    'a cluster in two stages',
    RIGHT.replace('clusters: [dev]}]', 'clusters: [dev]}, {name: two, clusters: [▸dev]}]'),
    'cluster-in-two-stages: stages[1].clusters[0]: cluster "dev" is already in a stage, at stages[0].clusters[0]; name it once',
  ],
  [
    'a stage twice',
    `${RIGHT.replace('clusters: [dev]}]', 'clusters: [dev]}, {name: ▸one, clusters: [qa]}]')}  qa:\n    kubernetes: {kubeconfig: kubeconfig, context: prod}\n${WAVES}`,
    'stage-twice: stages[1].name: stage "one" is already at stages[0].name; name it once',
  ],
  [
    'a host twice',
    none('            - {name: a, address: 10.0.0.1}\n            - {name: ▸a, address: 10.0.0.2}\n'),
    'duplicate-host: clusters.dev.inventory.sources[0].nodes[1].name: host "a" is already listed, at clusters.dev.inventory.sources[0].nodes[0]; list it once',
  ],
  [
    'an address twice',
    none('            - {name: a, address: 10.0.0.1}\n            - {name: b, address: ▸10.0.0.1}\n'),
    'duplicate-address: clusters.dev.inventory.sources[0].nodes[1].address: address 10.0.0.1 is already that of host "a", at clusters.dev.inventory.sources[0].nodes[0]; one host would be upgraded twice',
  ],
  [
    'an address with a user',
    none('            - {name: a, address: ▸"root@10.0.0.1"}\n'),
    'wrong-value: clusters.dev.inventory.sources[0].nodes[0].address: found "root@10.0.0.1", expected a host name or IP address without user, port or brackets',
  ],
  [
    'an unknown kind of source',
    none('').replace('kind: static\n          nodes:\n', 'kind: ▸puppet\n'),
    'wrong-value: clusters.dev.inventory.sources[0].kind: found "puppet", expected kind: kubernetes, static or salt',
  ],
  [
    'no Kubernetes and no inventory',
    `${HEAD}${SSH}clusters:\n  ▸dev:\n    kubernetes: none\n${WAVES}`,
    'no-inventory: clusters.dev: has kubernetes: none and no inventory; add inventory with a static or salt source',
  ],
  [
    'no Kubernetes and a source that needs it',
    none('').replace('- kind: static\n          nodes:\n', '- ▸kind: kubernetes\n'),
    'source-without-kubernetes: clusters.dev.inventory.sources[0]: cluster "dev" has kubernetes: none, so there are no Nodes to read; take the source away or say how Kubernetes is reached',
  ],
  [
    'a context that does not exist',
    RIGHT.replace('context: dev', 'context: ▸deb'),
    'unknown-context: clusters.dev.kubernetes.context: there is no context "deb"; /fleet/kubeconfig has dev, prod; did you mean "dev"?',
  ],
  [
    'no context',
    RIGHT.replace('{kubeconfig: kubeconfig, context: dev}', '▸{kubeconfig: kubeconfig}')
      .replace('▸{', '{')
      .replace('kubernetes:', '▸kubernetes:'),
    'no-context: clusters.dev.kubernetes: no context is named (the current one may be another tomorrow); /fleet/kubeconfig has dev, prod',
  ],
  [
    'a kubeconfig that is missing',
    RIGHT.replace('kubeconfig: kubeconfig', 'kubeconfig: ▸other'),
    'kubeconfig: clusters.dev.kubernetes.kubeconfig: kubeconfig /fleet/other is missing',
  ],
  [
    'no kubeconfig where it usually is',
    RIGHT.replace('{kubeconfig: kubeconfig, ', '▸{'),
    'kubeconfig: clusters.dev.kubernetes: kubeconfig /home/ops/.kube/config is missing',
  ],
  [
    'in the cluster and a context',
    RIGHT.replace('kubeconfig: kubeconfig', '▸inCluster: true'),
    'two-ways-to-kubernetes: clusters.dev.kubernetes.inCluster: inCluster is true, so kubeconfig and context would not be looked at; keep one of the two',
  ],
  [
    'Kubernetes as a word',
    RIGHT.replace('{kubeconfig: kubeconfig, context: dev}', '▸nope'),
    'wrong-value: clusters.dev.kubernetes: found "nope", expected {context: NAME}, {inCluster: true}, or none (hosts without Kubernetes)',
  ],
  [
    'no user',
    `${HEAD}${DEV.replace('  dev:', '  ▸dev:')}`,
    'no-ssh-user: clusters.dev: no SSH user is said; add ssh: {user: …} here or under defaults',
  ],
  [
    'a key file that is missing',
    RIGHT.replace('user: ops', 'user: ops, keyFile: ▸~/.ssh/none'),
    'key-file: defaults.ssh.keyFile: key file /home/ops/.ssh/none is missing',
  ],
  [
    'a key in the file',
    RIGHT.replace('{user: ops}', '{user: ops, keyFile: ▸"-----BEGIN PRIVATE KEY-----\\nx"}'),
    'wrong-value: defaults.ssh.keyFile: found a value (not shown, it may be a secret), expected the path of a file; the content itself is never written here',
  ],
  [
    'a file of a secret that is missing',
    RIGHT.replace('user: ops', 'user: ops, keyFile: ~/.ssh/id, passphraseFrom: {file: ▸pass}'),
    'secret-file: defaults.ssh.passphraseFrom.file: file /fleet/pass is missing',
  ],
  [
    'a known_hosts file that is missing',
    RIGHT.replace('user: ops', 'user: ops, knownHosts: ▸hosts'),
    'known-hosts: defaults.ssh.knownHosts: known_hosts file /fleet/hosts is missing; write it with ssh-keyscan after checking the keys, or say hostKeys: accept-new',
  ],
  [
    'a key file and an agent',
    RIGHT.replace('user: ops', 'user: ops, keyFile: ~/.ssh/id, ▸agent: true'),
    'two-ways-to-log-in: defaults.ssh.agent: both a keyFile and an agent are given; keep one',
  ],
  [
    'a missing file of grains',
    none('').replace('kind: static\n          nodes:\n', 'kind: salt\n          file: ▸grain.json\n'),
    'grains-file: clusters.dev.inventory.sources[0].file: file of grains /fleet/grain.json is missing',
  ],
  [
    'a command for another manager',
    `${HEAD}${SSH}  policy: {upgrade: {command: ▸make}}\n${DEV}`,
    'command-unused: defaults.policy.upgrade.command: a command is given, but manager is auto, so it would never run; add manager: command',
  ],
  [
    'the manager command without one',
    `${HEAD}${SSH}  policy: {upgrade: {manager: ▸command}}\n${DEV}`,
    'command-missing: defaults.policy.upgrade.manager: manager is command, but no command is given; add command: …',
  ],
  [
    'the mode packages without any',
    `${HEAD}${SSH}  policy: {upgrade: {mode: ▸packages}}\n${DEV}`,
    'packages-missing: defaults.policy.upgrade.mode: mode is packages, but none is named; add packages: [...]',
  ],
  [
    'named packages in another mode',
    `${HEAD}${SSH}  policy: {upgrade: {packages: ▸[openssl]}}\n${DEV}`,
    'packages-unused: defaults.policy.upgrade.packages: packages are named, but mode is all, so the list would not count; add mode: packages',
  ],
  [
    'a wait as long as its step',
    `${HEAD}${SSH}  policy: {verify: {soak: ▸15m}}\n${DEV}`,
    'wait-too-long: defaults.policy.verify.soak: verify.soak (900s) is not shorter than steps.verify.timeout (900s): verify could never end well',
  ],
  [
    'a step as short as its wait',
    `${HEAD}${SSH}  policy: {steps: {drain: {timeout: ▸1m}}}\n${DEV}`,
    'wait-too-long: defaults.policy.steps.drain.timeout: drain.volumeDetachTimeout (300s) is not shorter than steps.drain.timeout (60s): drain could never end well',
  ],
  [
    'pods to be deleted, but not which',
    `${HEAD}${SSH}  policy: {drain: {deleteRefusedAfter: ▸10m}}\n${DEV}`,
    'delete-selector-missing: defaults.policy.drain.deleteRefusedAfter: pods would be deleted against their budgets, but it is not said which; add deleteRefusedSelector: …',
  ],
  [
    'pods that would never be deleted',
    `${HEAD}${SSH}  policy: {drain: {deleteRefusedSelector: ▸app=batch}}\n${DEV}`,
    'delete-selector-unused: defaults.policy.drain.deleteRefusedSelector: a selector is given, but deleteRefusedAfter is 0s, so nothing would be deleted; add deleteRefusedAfter: …',
  ],
  [
    'people to be told after the end',
    `${HEAD}${SSH}  policy: {drain: {notifyAfter: ▸1h}}\n${DEV}`,
    'wait-too-long: defaults.policy.drain.notifyAfter: drain.notifyAfter (3600s) is not shorter than steps.drain.timeout (900s): it would never come to that',
  ],
  [
    'a group of pods that is said in two ways',
    `${HEAD}${SSH}  policy: {drain: {order: [▸{selector: app=db, namespaces: [db]}]}}\n${DEV}`,
    'wrong-value: defaults.policy.drain.order[0]: found a mapping, expected one of {selector: …}, {priorityClasses: […]}, {namespaces: […]} and {rest: true}',
  ],
  [
    'a backoff above its limit',
    `${HEAD}${SSH}  policy: {steps: {reboot: {backoff: ▸10m}}}\n${DEV}`,
    'backoff-too-long: defaults.policy.steps.reboot.backoff: backoff (600s) is longer than backoffMax (300s)',
  ],
  [
    'what a role makes wrong',
    `${RIGHT}    roles: {gpu: {policy: {upgrade: {command: ▸make}}}}\n`,
    'command-unused: clusters.dev.roles.gpu.policy.upgrade.command: a command is given, but manager is auto, so it would never run; add manager: command',
  ],
];

describe('messages about a fleet file', () => {
  it('are none for the right one', () => {
    expect(load(RIGHT).problems).toEqual([]);
  });

  it.each(CASES)('%s', (_name, source, ...expected) => {
    const { text, places } = marked(source);
    const problems = load(text).problems.map(({ code, line, column, path, message }) => [
      `${line}:${column}`,
      `${code}: ${path}: ${message}`,
    ]);
    expect(problems).toEqual(places.map((place, index) => [place, expected[index]]));
  });

  it('never hold a secret', () => {
    for (const key of ['password', 'passphraseFrom', 'token', 'secretKey', 'knownHosts']) {
      const value = key === 'knownHosts' ? '"-----BEGIN OPENSSH PRIVATE KEY-----hunter2"' : 'hunter2';
      const shown = JSON.stringify(load(RIGHT.replace('user: ops', `user: ops, ${key}: ${value}`)).problems);
      expect(shown).not.toBe('[]');
      expect(shown).not.toContain('hunter2');
    }
  });

  it('say when the fleet file cannot be read', () => {
    const around = surroundings({}, {}, { '/fleet/fleet.yaml': 'a folder' });
    expect(load('', around).problems).toHaveLength(1);
  });
});
