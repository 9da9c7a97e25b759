import { expect, it } from 'vitest';
import { load, marked } from '../../helpers/fleet-file.ts';

const file = (reboot: string) => `fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    waves: [{sequences: [1]}]
    policy: {reboot: ${reboot}}
`;

const CHECKS = 'sentinel-file, sentinel-command, needs-restarting, needrestart, zypper, kernel, staged-image';

it.each([
  [
    '{▸compareKernels: false}',
    'former-key: compareKernels: is no more; checks: auto (the default) compares kernels, checks: [...] without "kernel" does not, such as checks: [sentinel-file, needs-restarting]',
  ],
  [
    '{checks: [kernel, ▸kernal]}',
    `wrong-value: checks[1]: found "kernal", expected one of ${CHECKS}; did you mean "kernel"?`,
  ],
  ['{checks: ▸[]}', 'wrong-value: checks: found an empty list, expected auto, or at least one check'],
  [
    '{checks: ▸[sentinel-command]}',
    'check-without-subject: checks: sentinel-command is among the checks, but no sentinelCommand is given; add sentinelCommand: …',
  ],
  [
    '{checks: ▸[sentinel-file], sentinelFiles: []}',
    'check-without-subject: checks: sentinel-file is among the checks, but sentinelFiles names none; add sentinelFiles: [...]',
  ],
  [
    '{checks: [kernel], sentinelCommand: ▸check-it}',
    'check-unused: sentinelCommand: a sentinelCommand is given, but it would never run; add sentinel-command to checks',
  ],
])('%s', (reboot, expected) => {
  const { text } = marked(file(reboot));
  const { problems } = load(text);
  const told = problems.map(({ code, path, message }) => `${code}: ${path}: ${message}`);
  expect(told).toEqual([expected.replace(': ', ': clusters.dev.policy.reboot.')]);
});
