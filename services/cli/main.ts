#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../shared/ports/clock.ts';
import { register as acts } from './commands/acts.ts';
import { register as approvals } from './commands/approvals.ts';
import { register as demo } from './commands/demo.ts';
import { register as doctor } from './commands/doctor.ts';
import { register as due } from './commands/due.ts';
import { register as events } from './commands/events.ts';
import { register as health } from './commands/health.ts';
import { register as limits } from './commands/limits.ts';
import { register as list } from './commands/list.ts';
import { register as logs } from './commands/logs.ts';
import { register as notify } from './commands/notify.ts';
import { register as plan } from './commands/plan.ts';
import { register as release } from './commands/release.ts';
import { register as report } from './commands/report.ts';
import { register as run } from './commands/run.ts';
import { register as schedule } from './commands/schedule.ts';
import { register as schema } from './commands/schema.ts';
import { register as serve } from './commands/serve.ts';
import { register as simulate } from './commands/simulate.ts';
import { register as status } from './commands/status.ts';
import { register as token } from './commands/token.ts';
import { register as up } from './commands/up.ts';
import { register as validate } from './commands/validate.ts';
import { interruptsOf } from './interrupts.ts';
import { type Register, runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';
import type { SessionParts } from './wire/session.ts';
import { endWithParent, simulateBeside } from './wire/simulate.ts';
import type { Wiring } from './wiring.ts';

/** In the order in which the help shows them. */
const COMMANDS: readonly Register[] = [
  validate,
  schema,
  doctor,
  plan,
  run,
  status,
  list,
  events,
  logs,
  report,
  acts,
  approvals,
  schedule,
  due,
  notify,
  limits,
  release,
  up,
  serve,
  token,
  health,
  simulate,
  demo,
];

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};

const terminal = processTerminal(process);

/** Loads what talks to the outside only when it is needed: starting up is quick. */
const parts: Omit<SessionParts, 'log' | 'service'> = {
  clock,
  clusters: async () => (await import('../../shared/kubernetes/open.ts')).openCluster,
  hosts: async tell => {
    const [{ sshHosts }, { withLocal }] = await Promise.all([
      import('../../shared/hosts/ssh/connector.ts'),
      import('../../shared/hosts/local/connector.ts'),
    ]);
    const hosts = sshHosts({ tell });
    return { ...hosts, connect: withLocal(hosts.connect) };
  },
  control: async () => (await import('../../shared/control/shell.ts')).shellControl,
  probes: async () => (await import('../../shared/probes/http.ts')).httpProbes,
  notifier: async () => {
    const [{ openNotifier }, { secretOf }] = await Promise.all([
      import('../../shared/notify/open.ts'),
      import('../../shared/probes/secrets.ts'),
    ]);
    return openNotifier(secretOf);
  },
  managers: async () => (await import('../../shared/packages/managers.ts')).PACKAGE_MANAGERS,
  steps: async names => (await import('../workers/main.ts')).stepsNamed(names),
  probe: async () => {
    const [{ findWork }, managers] = await Promise.all([import('../workers/main.ts'), parts.managers()]);
    return async (host, policy, signal) => findWork({ host, policy, managers, signal }, await host.facts(signal));
  },
  env: process.env,
};

const wiring: Wiring = {
  env: process.env,
  terminal,
  clock,
  user: `${userInfo().username}@${hostname()}`,
  onInterrupt: interruptsOf(process),
  exitNow: code => process.exit(code),
  openLog: async (style, service) => {
    const { openLog } = await import('./wire/log.ts');
    return openLog(
      style,
      service,
      line => terminal.err(line),
      () => clock.now(),
    );
  },
  openSession: async (place, options) => {
    if (place.server) {
      const [{ remoteSession }, { serverAccess }] = await Promise.all([
        import('./wire/remote/session.ts'),
        import('./wire/remote/access.ts'),
      ]);
      return remoteSession(await serverAccess(place.server, process.env, text => terminal.err(`note: ${text}`)));
    }
    const [{ openSession }, { lineLog }] = await Promise.all([import('./wire/session.ts'), import('./wire/log.ts')]);
    const { quiet = false, service = 'cli', log } = options ?? {};
    const write = (line: string): void => {
      if (!quiet) terminal.err(line);
    };
    return openSession(place, { ...parts, service, log: log ?? lineLog(write, () => clock.now(), 'warn') });
  },
  connectClusters: parts.clusters,
  openSnapshots: async files => (await import('./wire/snapshots.ts')).openSnapshots(files),
  simulate: async args => simulateBeside(import.meta.filename, args),
  connectHosts: async () => (await parts.hosts(text => terminal.err(text))).connect,
  openDrainPreview: async () => (await import('../workers/main.ts')).previewDrain,
  managers: parts.managers,
  openProbe: parts.probe,
  openNotifier: parts.notifier,
};

endWithParent(process);
process.exitCode = await runProgram(COMMANDS, wiring, process.argv.slice(2));
