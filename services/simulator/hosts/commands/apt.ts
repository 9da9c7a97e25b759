import type { ExecResult } from 'just-bash';
import { leaveSentinel } from '../files.ts';
import { DPKG_LOCK } from '../locks.ts';
import { type PackageAct, releaseOf } from '../packages.ts';
import { type CommandBody, type CommandPlace, err, out } from './command.ts';
import { globOf } from './dpkg.ts';

/** What apt-get was called for. */
interface AptCall {
  readonly verb: string;
  readonly names: readonly string[];
  readonly simulate: boolean;
  readonly yes: boolean;
  /** `-qq`: says nothing but errors. */
  readonly silent: boolean;
  readonly installNew: boolean;
  /** Seconds to wait for the lock; -1: for ever. */
  readonly lockSeconds: number;
  /** `--print-uris`: says what an upgrade needs and does nothing. */
  readonly uris: boolean;
  /** `-o Dir::Etc::Preferences=FILE`; null: not given. */
  readonly preferences: string | null;
}

function aptCall(args: readonly string[]): AptCall {
  const options: string[] = [];
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '-o' || arg === '-t' || arg === '-c') options.push(`${arg}${args[++at] ?? ''}`);
    else (arg.startsWith('-') ? options : words).push(arg);
  }
  const [verb = '', ...names] = words;
  const lock = options.map(option => /^(?:-o)?DPkg::Lock::Timeout=(-?\d+)$/i.exec(option)?.[1]).find(Boolean);
  const flag = (pattern: RegExp) => options.some(option => pattern.test(option));
  return {
    verb,
    names,
    simulate: flag(/^(-[a-np-z]*s[a-z]*|--simulate|--just-print|--dry-run|--no-act)$/),
    yes: flag(/^(-[a-np-z]*y[a-z]*|-qq|--yes|--assume-yes)$/),
    silent: options.includes('-qq'),
    installNew: verb !== 'upgrade' || options.includes('--with-new-pkgs'),
    lockSeconds: Number(lock ?? 0),
    uris: options.includes('--print-uris'),
    preferences: options.map(option => /^-oDir::Etc::Preferences=(.+)$/.exec(option)?.[1]).find(Boolean) ?? null,
  };
}

function lockMessage(pid: number, command: string): string {
  const program = command.split(/\s+/).at(-1)?.replace(/^.*\//, '') ?? '?';
  return `Could not get lock ${DPKG_LOCK}. It is held by process ${pid} (${program})`;
}

/** Takes dpkg's lock for this process, waiting as asked; null: it is ours. */
async function takeLock(call: AptCall, { host, process }: CommandPlace): Promise<ExecResult | null> {
  if (process.uid !== 0) {
    return err(
      `E: Could not open lock file ${DPKG_LOCK} - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (${DPKG_LOCK}), are you root?`,
      100,
    );
  }
  const limit = new AbortController();
  if (call.lockSeconds >= 0) void host.timers.waitReal(call.lockSeconds * 1000, limit.signal).then(() => limit.abort());
  const signal = AbortSignal.any([process.signal, limit.signal]);
  for (;;) {
    const holder = host.takePackageLock(process);
    if (holder === null) {
      limit.abort();
      return null;
    }
    if (call.lockSeconds === 0 || signal.aborted) {
      return err(
        `E: ${lockMessage(holder.pid, holder.command)}\nE: Unable to acquire the dpkg frontend lock (${DPKG_LOCK}), is another process using it?`,
        100,
      );
    }
    await host.locks.change(signal);
  }
}

function simulated(acts: readonly PackageAct[]): string {
  const inst = acts.map(
    ({ name, before, after }) =>
      `Inst ${name}${before === null ? '' : ` [${before}]`} (${after} Debian:12.8/stable [amd64])\n`,
  );
  const conf = acts.map(({ name, after }) => `Conf ${name} (${after} Debian:12.8/stable [amd64])\n`);
  return [...inst, ...conf].join('');
}

function summary(acts: readonly PackageAct[], keptBack: readonly string[]): string {
  const fresh = acts.filter(act => act.before === null);
  const newer = acts.filter(act => act.before !== null);
  const block = (title: string, names: readonly string[]) =>
    names.length === 0 ? '' : `${title}\n  ${names.join(' ')}\n`;
  return [
    'Reading package lists...\nBuilding dependency tree...\nReading state information...\nCalculating upgrade...\n',
    block('The following packages have been kept back:', keptBack),
    block(
      'The following NEW packages will be installed:',
      fresh.map(act => act.name),
    ),
    block(
      'The following packages will be upgraded:',
      newer.map(act => act.name),
    ),
    `${newer.length} upgraded, ${fresh.length} newly installed, 0 to remove and ${keptBack.length} not upgraded.\n`,
  ].join('');
}

async function update(call: AptCall, place: CommandPlace): Promise<ExecResult> {
  const { host, process } = place;
  const refused = process.uid === 0 ? null : await takeLock(call, place);
  if (refused !== null) return refused;
  await host.timers.wait(host.spec.timings.refreshMs, process.signal);
  if (host.faults.refreshFails > 0) {
    host.faults.refreshFails--;
    return err(
      "E: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.debian.org'\nE: Some index files failed to download. They have been ignored, or old ones used instead.",
      100,
    );
  }
  if (host.disk.full)
    return err('E: Write error - write (28: No space left on device)\nE: IO Error saving source cache', 100);
  return out('Hit:1 http://deb.debian.org/debian bookworm InRelease\nReading package lists...\n');
}

/** Installs what is pending, one package after another, over the host's upgrade time. */
async function transact(acts: readonly PackageAct[], { host, process }: CommandPlace): Promise<ExecResult> {
  const failing = host.faults.upgradeFails.times > 0;
  const doomed = failing ? Math.floor(acts.length / 2) : -1;
  host.tell('upgrade', { packages: acts.length });
  let text = '';
  for (const [index, act] of acts.entries()) {
    const over = act.before === null ? '' : ` over (${act.before})`;
    text += `Unpacking ${act.name} (${act.after})${over} ...\n`;
    const whole = await host.timers.wait(host.spec.timings.upgradeMs / acts.length, process.signal);
    if (!whole || process.signal.aborted) {
      host.setInterrupted(true);
      return out(text, 137);
    }
    if (index === doomed) {
      // What was set up before it stays, with its kernels.
      finish(acts.slice(0, index), host);
      const { exitCode } = host.faults.upgradeFails;
      host.faults.upgradeFails = { times: host.faults.upgradeFails.times - 1, exitCode };
      host.tell('upgraded', { exitCode, packages: index, changes: acts.slice(0, index).map(changeOf) });
      const reason = `dpkg: error processing package ${act.name} (--configure):\n installed ${act.name} package post-installation script subprocess returned error exit status 1\nErrors were encountered while processing:\n ${act.name}\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n`;
      return out(text, exitCode, reason);
    }
    host.packages.apply(act);
    text += `Setting up ${act.name} (${act.after}) ...\n`;
  }
  finish(acts, host);
  host.tell('upgraded', { exitCode: 0, packages: acts.length, changes: acts.map(changeOf) });
  return out(text);
}

function changeOf({ name, before, after }: PackageAct) {
  return { name, before, after };
}

/** What the packages' own scripts leave behind. */
function finish(acts: readonly PackageAct[], host: CommandPlace['host']): void {
  const kernels = acts.flatMap(act => {
    const release = act.before === null ? releaseOf(act.name) : null;
    return release === null ? [] : [{ name: act.name, release }];
  });
  for (const { release } of kernels) host.addKernel(release);
  if (kernels.length > 0 && host.spec.sentinel)
    leaveSentinel(
      host.disk,
      kernels.map(({ name }) => name),
    );
}

/** What the call would do: without pinned packages, and for `install` only those named. */
async function pendingFor(call: AptCall, { host, context }: CommandPlace) {
  const { acts, keptBack } = host.packages.pending(call.installNew);
  const pins = call.preferences === null ? [] : pinnedBy(await context.fs.readFile(call.preferences));
  const wanted = ({ name, after }: PackageAct) =>
    !pins.some(pin => pin.name.test(name) && (pin.version === null || pin.version === after)) &&
    (call.verb !== 'install' || call.names.includes(name));
  return { acts: acts.filter(wanted), keptBack };
}

/** The packages that preferences with a negative priority keep from being installed; `version` null: all of them. */
function pinnedBy(preferences: string): { name: RegExp; version: string | null }[] {
  const pins = preferences.matchAll(/^Package: (\S+)\nPin: (?:release \*|version (\S+))\nPin-Priority: -/gm);
  return [...pins].map(([, name, version]) => ({ name: globOf(name ?? ''), version: version ?? null }));
}

async function upgrade(call: AptCall, place: CommandPlace): Promise<ExecResult> {
  const { host, process } = place;
  if (call.simulate || call.uris) {
    const { acts, keptBack } = await pendingFor(call, place);
    const needs =
      'Need to get 1,024 B of archives.\nAfter this operation, 0 B of additional disk space will be used.\n';
    return out(summary(acts, keptBack) + (call.simulate ? simulated(acts) : acts.length > 0 ? needs : ''));
  }
  const refused = await takeLock(call, place);
  if (refused !== null) return refused;
  try {
    if (host.packages.interrupted) return err(INTERRUPTED, 100);
    const { acts, keptBack } = await pendingFor(call, place);
    const head = summary(acts, keptBack);
    if (acts.length === 0) return out(head);
    if (!call.yes) return out(`${head}Do you want to continue? [Y/n] Abort.\n`, 1);
    if (host.disk.full) return out(head, 100, "E: You don't have enough free space in /var/cache/apt/archives/.\n");
    const dpkg = host.processes.pretend('dpkg --unpack --auto-deconfigure');
    const result = await transact(acts, place).finally(() => dpkg.kill());
    return { ...result, stdout: head + result.stdout };
  } finally {
    host.locks.release(DPKG_LOCK, process.pid);
  }
}

const INTERRUPTED = "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.";

async function check(call: AptCall, place: CommandPlace): Promise<ExecResult> {
  const refused = await takeLock(call, place);
  if (refused !== null) return refused;
  place.host.locks.release(DPKG_LOCK, place.process.pid);
  if (place.host.packages.interrupted) return err(INTERRUPTED, 100);
  return out(call.silent ? '' : 'Reading package lists...\nBuilding dependency tree...\n');
}

const QUIET = new Set(['autoremove', 'autoclean', 'clean', 'purge', 'remove']);

/** Runs `body` as a process of its own, which the process table shows and which can be killed alone. */
const withProcess =
  (name: string, body: CommandBody): CommandBody =>
  async (args, place) => {
    const own = place.host.processes.pretend([name, ...args].join(' '), place.process.uid);
    const signal = AbortSignal.any([place.process.signal, own.signal]);
    try {
      return await body(args, { ...place, process: { ...own, signal } });
    } finally {
      own.kill();
    }
  };

const aptGet: CommandBody = (args, place) => {
  const call = aptCall(args);
  if (call.verb === 'update') return update(call, place);
  if (['upgrade', 'dist-upgrade', 'full-upgrade', 'install'].includes(call.verb)) return upgrade(call, place);
  if (call.verb === 'check') return check(call, place);
  if (QUIET.has(call.verb)) return out('Reading package lists...\nBuilding dependency tree...\n');
  return err(`E: Invalid operation ${call.verb}`, 100);
};

/** `apt list [--upgradable|--installed]`, and apt-get's verbs. */
const apt: CommandBody = (args, place) => {
  if (!args.includes('list')) return aptGet(args.includes('upgrade') ? [...args, '--with-new-pkgs'] : args, place);
  const { packages } = place.host;
  const newer = packages.pending(true).acts.filter(act => act.before !== null);
  const lines = args.includes('--upgradable')
    ? newer.map(act => `${act.name}/stable ${act.after} amd64 [upgradable from: ${act.before}]\n`)
    : [...packages.installed].map(([name, version]) => `${name}/stable,now ${version} amd64 [installed]\n`);
  return out(`Listing...\n${lines.join('')}`);
};

export const APT: Readonly<Record<string, CommandBody>> = {
  'apt-get': withProcess('apt-get', aptGet),
  apt: withProcess('apt', apt),
  'apt-mark': () => out(''),
  'apt-cache': (args, { host: { packages } }) => {
    const names = args.filter(arg => !arg.startsWith('-')).slice(1);
    const blocks = names.map(name => {
      const installed = packages.installed.get(name) ?? '(none)';
      return `${name}:\n  Installed: ${installed}\n  Candidate: ${packages.candidate(name) ?? '(none)'}\n`;
    });
    return out(blocks.join(''));
  },
};
