import type { ExecResult } from 'just-bash';
import { quote } from '../../../../shared/hosts/quote.ts';
import type { Unit } from '../units.ts';
import { unitName } from '../units.ts';
import { type CommandBody, type CommandPlace, err, out, resultOf, stdinOf } from './command.ts';
import { orderReboot } from './power.ts';

const ACTIVE: Record<Unit['state'], string> = { active: 'active', inactive: 'inactive', failed: 'failed' };

function isActive(names: readonly string[], quiet: boolean, { host }: CommandPlace): ExecResult {
  const states = names.map(name => ACTIVE[host.units.get(name)?.state ?? 'inactive']);
  return out(quiet ? '' : states.map(state => `${state}\n`).join(''), states.includes('active') ? 0 : 3);
}

function listUnits(options: readonly string[], { host }: CommandPlace): ExecResult {
  const failed = options.some(arg => arg === '--failed' || arg === '--state=failed');
  const plain = options.some(arg => arg === '--plain');
  const units = host.units.list(failed ? 'failed' : undefined);
  const lines = units.map(unit => {
    const bullet = plain ? '' : unit.state === 'failed' ? '● ' : '  ';
    return `${bullet}${unit.name} loaded ${unit.state} ${unit.state === 'failed' ? 'failed' : 'running'} ${unit.description}\n`;
  });
  const legend = options.some(arg => arg === '--no-legend' || arg === '--legend=no' || arg === '--legend=false');
  if (legend) return out(lines.join(''));
  return out(`  UNIT LOAD ACTIVE SUB DESCRIPTION\n${lines.join('')}\n${units.length} loaded units listed.\n`);
}

function properties(unit: Unit | undefined): Record<string, string> {
  return {
    LoadState: unit === undefined ? 'not-found' : 'loaded',
    ActiveState: unit?.state ?? 'inactive',
    SubState:
      unit === undefined ? 'dead' : unit.state === 'active' ? 'running' : unit.state === 'failed' ? 'failed' : 'dead',
    MainPID: String(unit?.process?.pid ?? 0),
    ExecMainStatus: String(unit?.exitCode ?? 0),
    Result: unit?.state === 'failed' ? 'exit-code' : 'success',
    Id: unit?.name ?? '',
  };
}

/** `show [-p A,B] [--value] UNIT`. */
function show(names: readonly string[], options: readonly string[], { host }: CommandPlace): ExecResult {
  const wanted = options
    .filter((option, index) => option.startsWith('--property=') || (/^-p./.test(option) && index >= 0))
    .flatMap(option => option.replace(/^(--property=|-p)/, '').split(','));
  const all = properties(host.units.get(names[0] ?? ''));
  const chosen = Object.entries(all).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  const value = options.includes('--value');
  return out(chosen.map(([name, text]) => `${value ? text : `${name}=${text}`}\n`).join(''));
}

function systemState({ host }: CommandPlace): ExecResult {
  if (host.state !== 'up') return out('stopping\n', 1);
  return host.units.list('failed').length > 0 ? out('degraded\n', 1) : out('running\n');
}

function change(verb: string, names: readonly string[], place: CommandPlace): ExecResult {
  if (place.process.uid !== 0) return err(`Failed to ${verb} ${names[0]}: Interactive authentication required.`);
  const { units } = place.host;
  const targets = names.length > 0 ? names : units.list('failed').map(unit => unit.name);
  for (const name of targets) {
    const unit = units.get(name);
    if (unit === undefined && verb !== 'reset-failed')
      return err(`Failed to ${verb} ${name}: Unit ${unitName(name)} not found.`, 5);
    if (verb === 'stop' || verb === 'kill') unit?.process?.kill();
    else units.reset(name);
  }
  return out('');
}

const systemctl: CommandBody = (args, place) => {
  // `-p NAME` becomes one word, so that what is left are names.
  const words = args
    .join('\n')
    .replace(/(^|\n)-p\n/g, '$1-p')
    .split('\n')
    .filter(word => word !== '');
  const options = words.filter(word => word.startsWith('-'));
  const [verb = 'list-units', ...names] = words.filter(word => !word.startsWith('-'));
  if (verb === 'reboot') return orderReboot(place, 'systemctl reboot');
  if (verb === 'poweroff' || verb === 'halt') {
    if (place.process.uid === 0) place.host.powerCut();
    return out('');
  }
  if (verb === 'is-system-running') return systemState(place);
  if (verb === 'is-active') return isActive(names, options.includes('--quiet') || options.includes('-q'), place);
  if (verb === 'is-failed') {
    const state = place.host.units.get(names[0] ?? '')?.state ?? 'inactive';
    return out(`${state}\n`, state === 'failed' ? 0 : 1);
  }
  if (verb === 'list-units') return listUnits(options, place);
  if (verb === 'show') return show(names, options, place);
  if (verb === 'status') return isActive(names, false, place);
  if (['stop', 'kill', 'start', 'restart', 'reset-failed'].includes(verb)) return change(verb, names, place);
  if (verb === 'daemon-reload') return out('');
  return err(`Unknown command verb ${verb}.`);
};

/** What systemd-run was asked for. */
interface RunCall {
  readonly unit: string;
  readonly collect: boolean;
  readonly wait: boolean;
  readonly quiet: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** From --on-active, seconds; null: at once. */
  readonly delaySeconds: number | null;
  readonly outputs: readonly string[];
  readonly directory: string;
  readonly command: readonly string[];
}

const WITH_VALUE =
  /^(-u|-p|-E|-t|--unit|--property|--setenv|--slice|--uid|--gid|--description|--working-directory|--on-active|--service-type|--nice)$/;

function runCall(args: readonly string[]): RunCall {
  const options: [string, string][] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-')) break;
    if (arg === '--') {
      at++;
      break;
    }
    const equals = arg.indexOf('=');
    if (arg.startsWith('--') && equals > 0) options.push([arg.slice(0, equals), arg.slice(equals + 1)]);
    else if (WITH_VALUE.test(arg)) options.push([arg, args[++at] ?? '']);
    else options.push([arg, '']);
  }
  const all = (...names: string[]) => options.filter(([name]) => names.includes(name)).map(([, value]) => value);
  const has = (...names: string[]) => options.some(([name]) => names.includes(name));
  const delay = /^(\d+)(s|min|m)?$/.exec(all('--on-active')[0] ?? '');
  return {
    unit: unitName(all('--unit', '-u')[0] ?? `run-r${Math.random().toString(16).slice(2, 14)}`),
    collect: has('--collect', '-G'),
    wait: has('--wait', '--pipe', '-P', '--pty', '-t', '--scope'),
    quiet: has('--quiet', '-q'),
    env: Object.fromEntries(all('--setenv', '-E').map(pair => pair.split(/=(.*)/s).slice(0, 2) as [string, string])),
    delaySeconds: delay ? Number(delay[1]) * (delay[2]?.startsWith('m') ? 60 : 1) : null,
    outputs: all('--property', '-p').flatMap(one => /^Standard(?:Output|Error)=(.*)$/.exec(one)?.[1] ?? []),
    directory: all('--working-directory')[0] ?? '/',
    command: args.slice(at),
  };
}

/** Redirections as the unit's properties ask, as shell text. */
function redirect(outputs: readonly string[]): string {
  const [, mode, path] = /^(append|file|truncate):(.*)$/.exec(outputs[0] ?? '') ?? [];
  if (path === undefined) return '';
  return ` ${mode === 'append' ? '>>' : '>'}${quote(path)}${outputs.length > 1 ? ' 2>&1' : ''}`;
}

function launch(call: RunCall, { host, context }: CommandPlace) {
  const process = host.processes.spawn({
    uid: 0,
    text: call.command.map(quote).join(' ') + redirect(call.outputs),
    stdin: call.wait ? stdinOf(context) : Buffer.alloc(0),
    cwd: call.directory,
    env: call.env,
    command: call.command.join(' '),
  });
  host.units.start(call.unit, process, { collect: call.collect, description: call.command.join(' ') });
  return process;
}

/** `systemd-run [options] COMMAND …`: a transient unit, which outlives the session that asked for it. */
const systemdRun: CommandBody = async (args, place) => {
  const call = runCall(args);
  if (place.process.uid !== 0)
    return err('Failed to start transient service unit: Interactive authentication required.');
  if (call.command.length === 0) return err('Command line to execute required.');
  if (place.host.units.get(call.unit) !== undefined)
    return err(`Failed to start transient service unit: Unit ${call.unit} was already loaded or has a fragment file.`);
  const said = call.quiet ? '' : `Running as unit: ${call.unit}\n`;
  if (call.delaySeconds !== null) {
    void place.host.timers.waitReal(call.delaySeconds * 1000).then(whole => {
      if (whole && place.host.state === 'up') launch(call, place);
    });
    return out('', 0, said);
  }
  const process = launch(call, place);
  if (!call.wait) return out('', 0, said);
  return resultOf(await process.done);
};

export const SYSTEMD: Readonly<Record<string, CommandBody>> = {
  systemctl,
  'systemd-run': systemdRun,
  journalctl: (args, { host }) => {
    const at = args.findIndex(arg => arg === '-u' || arg === '--unit');
    return out(host.units.get(args[at + 1] ?? '')?.log ?? '-- No entries --\n');
  },
};
