import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { newKeyPair } from '../../../services/simulator/hosts/start.ts';
import { type SimulatedHost, simulatedHost } from '../../helpers/simulated-host.ts';

let host: SimulatedHost | null = null;
const start = async (...args: Parameters<typeof simulatedHost>) => {
  host = await simulatedHost(...args);
  return host;
};
afterEach(() => {
  host?.close();
  host = null;
});

it('answers the real ssh, with strict host keys, as a Debian would', async () => {
  const { ssh, host: machine } = await start();
  const { code, stdout, stderr } = await ssh(
    'uname -r; cat /proc/sys/kernel/random/boot_id; hostname; id -u; sudo -n id -u; . /etc/os-release; echo "$ID $VERSION_ID"',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual(['6.1.0-27-amd64', machine.bootId, 'dev-1', '1000', '0', 'debian 12', '']);
});

it('gives stdout, stderr and the exit code apart', async () => {
  const { ssh } = await start();
  expect(await ssh('echo out; echo err >&2; exit 7')).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  expect(await ssh('nonsense')).toMatchObject({ code: 127 });
});

it('feeds stdin to commands, and a script with arguments to sh -s', async () => {
  const { ssh } = await start();
  expect((await ssh('wc -c', 'x'.repeat(100_000))).stdout.trim()).toBe('100000');
  expect((await ssh('cat', 'x'.repeat(3_000_000))).stdout.length).toBe(3_000_000);
  const script = 'printf "[%s]" "$@"; printf " %s\\n" "$(id -u)"\nexit 3\n';
  expect(await ssh(`sudo -n sh -eu -s -- 'a b' "it's"`, script)).toEqual({
    code: 3,
    stdout: "[a b][it's] 0\n",
    stderr: '',
  });
});

it('keeps UTF-8 whole, also where head cuts it', async () => {
  const { ssh } = await start();
  expect((await ssh('echo "Größe €"; echo ok >/tmp/x; cat /tmp/x')).stdout).toBe('Größe €\nok\n');
});

it('cannot touch the machine it runs on', async () => {
  const { ssh, folder } = await start();
  writeFileSync(join(folder, 'mark'), 'real');
  const { stdout } = await ssh(`cat ${folder}/mark; ls ${folder}; rm -rf / 2>/dev/null; echo done`);
  expect(stdout).toBe('done\n');
});

it('refuses other keys, and is refused under another host key', async () => {
  const { ssh, folder, port } = await start();
  writeFileSync(join(folder, 'id'), newKeyPair().privateText, { mode: 0o600 });
  expect(await ssh('true')).toMatchObject({
    code: 255,
    stderr: expect.stringContaining('Permission denied') as string,
  });
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${newKeyPair().publicText}\n`);
  expect(await ssh('true')).toMatchObject({
    code: 255,
    stderr: expect.stringContaining('Host key verification failed') as string,
  });
});

it('asks for a password under sudo when told to', async () => {
  const running = await start({}, { sudoAsks: true });
  expect(await running.ssh('sudo -n true')).toEqual({ code: 1, stdout: '', stderr: 'sudo: a password is required\n' });
  await running.setFaults({ sudoAsks: false });
  expect(await running.ssh('sudo -n true')).toMatchObject({ code: 0 });
});

it('refuses connections, or leaves them hanging, until told otherwise', async () => {
  const running = await start({}, { connect: 'refuse' });
  expect((await running.ssh('true')).stderr).toContain('Connection refused');
  await running.setFaults({ connect: 'hang' });
  expect((await running.ssh('true', '', ['-o', 'ConnectTimeout=1'])).stderr).toContain('timed out');
  await running.setFaults({ connect: 'accept' });
  expect(await running.ssh('true')).toMatchObject({ code: 0 });
});

it('drops connections before or after a command has run', async () => {
  const running = await start({}, { dropCommands: { times: 1, when: 'before' } });
  expect((await running.ssh('echo x >>/tmp/ran')).code).toBe(255);
  expect((await running.ssh('cat /tmp/ran')).code).toBe(1);
  await running.setFaults({ dropCommands: { times: 1, when: 'after' } });
  expect((await running.ssh('echo x >>/tmp/ran')).code).toBe(255);
  expect(await running.ssh('cat /tmp/ran')).toMatchObject({ code: 0, stdout: 'x\n' });
});

it('says no space left when the disk is full, but not in /run', async () => {
  const running = await start({}, { diskFull: true });
  expect((await running.ssh('echo x >/home/ops/x')).stderr).toContain('No space left on device');
  expect((await running.ssh('df -Pk / | tail -n 1')).stdout).toMatch(/ 0 100% \/\n$/);
  expect(await running.ssh('echo x >/run/x && cat /var/run/x')).toMatchObject({ code: 0, stdout: 'x\n' });
  await running.setFaults({ diskFull: false });
  expect(await running.ssh('echo x >/home/ops/x')).toMatchObject({ code: 0 });
});
