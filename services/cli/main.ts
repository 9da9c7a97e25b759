#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../shared/ports/clock.ts';
import { register as acts } from './commands/acts.ts';
import { register as events } from './commands/events.ts';
import { register as health } from './commands/health.ts';
import { register as list } from './commands/list.ts';
import { register as logs } from './commands/logs.ts';
import { register as plan } from './commands/plan.ts';
import { register as schema } from './commands/schema.ts';
import { register as serve } from './commands/serve.ts';
import { register as status } from './commands/status.ts';
import { register as up } from './commands/up.ts';
import { register as validate } from './commands/validate.ts';
import { CliError, EXIT } from './exit.ts';
import { interruptsOf } from './interrupts.ts';
import { type Register, runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';
import type { Wiring } from './wiring.ts';

/** In the order in which the help shows them. */
const COMMANDS: readonly Register[] = [validate, schema, plan, status, list, events, logs, acts, up, serve, health];

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};

const terminal = processTerminal(process);

const wiring: Wiring = {
  env: process.env,
  terminal,
  clock,
  user: `${userInfo().username}@${hostname()}`,
  onInterrupt: interruptsOf(process),
  exitNow: code => process.exit(code),
  openSession: () => Promise.reject(new CliError(EXIT.cannotConnect, 'no engine')),
  connectClusters: async () => (await import('../../shared/kubernetes/open.ts')).openCluster,
  connectHosts: () => Promise.reject(new CliError(EXIT.cannotConnect, 'no hosts')),
  fold: () => {
    throw new CliError(EXIT.failed, 'no fold');
  },
};

process.exitCode = await runProgram(COMMANDS, wiring, process.argv.slice(2));
