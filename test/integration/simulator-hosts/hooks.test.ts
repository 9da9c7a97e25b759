import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runOnHost } from '../../../services/workers/hooks/on-host.ts';
import type { SshProfile } from '../../../shared/domain/plan.ts';
import { sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { systemClock } from '../../../shared/telemetry/clock.ts';
import { hook } from '../../helpers/hooks.ts';
import { nodeOf } from '../../helpers/host-over-ssh.ts';
import { simulatedHost } from '../../helpers/simulated-host.ts';

it('hooks run on a simulated host, over SSH and sudo, with their variables', async () => {
  const sim = await simulatedHost();
  const hosts = sshHosts();
  onTestFinished(async () => {
    await hosts.close();
    sim.close();
  });
  const farm: SshProfile = {
    ...{
      user: 'ops',
      auth: { kind: 'key', file: join(sim.folder, 'id') },
      knownHostsFile: join(sim.folder, 'known_hosts'),
    },
    ...{ hostKeys: 'strict', jump: [], become: 'sudo', connectTimeoutMs: 5_000 },
    ...{ keepaliveIntervalMs: 1_000, keepaliveCountMax: 3 },
  };
  const host = hosts.connect(nodeOf({ name: 'dev-1', cluster: 'dev', sequence: 1, port: sim.port }), { farm });
  const run = async (text: string) => {
    const one = hook('h', { when: 'before', of: 'node', on: 'host', run: text });
    const env = { NODETIDE_NODE: 'dev-1', NODETIDE_REASON: "it's `$(id)`" };
    return runOnHost(host, systemClock, one, env, AbortSignal.timeout(30_000));
  };
  expect(await run('echo "$NODETIDE_NODE: $NODETIDE_REASON"')).toMatchObject({
    ok: true,
    output: "dev-1: it's `$(id)`",
  });
  expect(await run('echo no >&2; exit 3')).toMatchObject({ ok: false, reason: 'exit code 3: no' });
});
