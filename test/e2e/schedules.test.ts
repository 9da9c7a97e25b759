import { expect, it } from 'vitest';
import { onHost } from '../helpers/on-host.ts';
import { rehearse } from '../helpers/rehearsal.ts';
import { tinyWorld } from '../helpers/simulation.ts';

it('mode watch reboots just the host that asks for it, and upgrades none', async () => {
  const { run, up, act, acts, files } = await rehearse(tinyWorld({ nodes: 3 }));
  const { process } = await up();
  const cron = ['--cron', '0 0 1 1 *', '--time-zone', 'UTC'];
  const added = await run('schedule', 'add', 'reboots', '-f', files.fleetFile, '--mode', 'watch', ...cron);
  expect([added.code, added.stderr]).toEqual([0, '']);
  // What unattended-upgrades leaves behind.
  await onHost(files.fleetFile, { cluster: 'dev', node: 'node-2' }, 'apt-get -y dist-upgrade');
  const before = acts('upgraded');
  expect((await run('schedule', 'run-now', 'reboots')).code).toBe(0);
  await act('uncordon', 'node-2');
  expect(acts('reboot')).toEqual(['reboot node-2']);
  expect(acts('upgraded')).toEqual(before);
  const { stdout } = await run('schedule', 'list');
  expect(stdout).toMatch(/^reboots: "0 0 1 1 \*" UTC, watch, added by hand\n {2}next {3}20\d\d-01-01 00:00\n/);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /last \S+ \S+, by \S+: rollout r-\S+ (running|done), [01]\/1 nodes: of 3 hosts 1 asks for a reboot/,
  );
  process.kill('SIGTERM');
  expect((await process.ended).code).toBe(0);
});
