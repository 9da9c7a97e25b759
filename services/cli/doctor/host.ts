import type { NodeView } from '../../../shared/domain/facts.ts';
import { kernelWarnings } from '../../../shared/domain/kernels.ts';
import { parseSelfReboots } from '../../../shared/domain/self-reboots.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Host, HostFacts } from '../../../shared/ports/host.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';
import { clockFinding, type DoctorFinding, findingOf, fine } from './finding.ts';
import { SELF_REBOOTS } from './self-reboots.ts';

/** What is needed to check one host. */
export interface HostSubject {
  readonly host: Host;
  /** `cluster/node` */
  readonly where: string;
  /** How it is reached, for people. */
  readonly way: 'SSH' | 'local';
  /** Missing: what a reboot would start is not looked at. */
  readonly managers?: readonly PackageManager[];
  /** The Node it should be; null: none, or it could not be read. */
  readonly node: NodeView | null;
}

/** Asks a host whether it lets us in and become root, what its clock says, and whether it is the machine behind its Node. Never throws. */
export async function checkHost(subject: HostSubject, clock: Clock, signal: AbortSignal): Promise<DoctorFinding[]> {
  const { host, where, way, node } = subject;
  let facts: HostFacts;
  const before = clock.now();
  try {
    facts = await host.facts(signal);
  } catch (error) {
    return [findingOf(where, way, error)];
  }
  const roundTripMs = clock.now() - before;
  const skewMs = facts.nowMs - (before + roundTripMs / 2);
  const findings = [
    fine(where, way, `${facts.os.prettyName}, kernel ${facts.kernel}`),
    await checkRoot(subject, signal),
    clockFinding(where, skewMs, roundTripMs / 2),
  ];
  if (node !== null) findings.push(sameMachine(where, facts, node));
  findings.push(...(await checkKernels(subject, facts, signal)), ...(await checkSelfReboots(subject, signal)));
  if (facts.packageTransaction !== null) {
    const detail = `a package transaction is running: ${facts.packageTransaction}`;
    findings.push({ verdict: 'warning', where, check: 'packages', detail, todo: 'Wait for its end.' });
  }
  return findings;
}

/** What a reboot would start, where that is not what a person expects; else nothing is told. */
async function checkKernels({ host, where, managers = [] }: HostSubject, facts: HostFacts, signal: AbortSignal) {
  const manager = managers.find(one => one.fits(facts));
  const script = manager?.kernelScript() ?? null;
  if (!manager || !script) return [];
  try {
    const { stdout } = await host.run(script, signal);
    const todo = "Look at the boot loader's settings on the host.";
    return kernelWarnings(facts.kernel, manager.parseKernels(stdout)).map(
      (detail): DoctorFinding => ({ verdict: 'warning', where, check: 'kernel', detail, todo }),
    );
  } catch (error) {
    return [findingOf(where, 'kernel', error)];
  }
}

/** Who reboots the host behind everybody's back; nothing is told of one that nobody does. */
async function checkSelfReboots({ host, where }: HostSubject, signal: AbortSignal): Promise<DoctorFinding[]> {
  try {
    const { stdout } = await host.run(SELF_REBOOTS, signal);
    const todo = 'Switch that off, or nodes are rebooted outside windows and without a drain.';
    return parseSelfReboots(stdout).map(
      (detail): DoctorFinding => ({ verdict: 'warning', where, check: 'reboots by itself', detail, todo }),
    );
  } catch (error) {
    return [findingOf(where, 'reboots by itself', error)];
  }
}

async function checkRoot({ host, where }: HostSubject, signal: AbortSignal): Promise<DoctorFinding> {
  try {
    const { stdout, stderr, exitCode } = await host.run({ text: 'id -u', args: [] }, signal);
    if (exitCode === 0 && stdout.trim() === '0') return fine(where, 'root', 'commands run as root');
    const detail = exitCode === 0 ? `commands run as user ${stdout.trim()}` : stderr.trim();
    return { verdict: 'failed', where, check: 'root', detail, todo: 'Log in as root, or set become: sudo.' };
  } catch (error) {
    return findingOf(where, 'root', error);
  }
}

function sameMachine(where: string, facts: HostFacts, node: NodeView): DoctorFinding {
  if (facts.bootId === node.bootId) return fine(where, 'identity', 'the boot id is that of its Node');
  return {
    verdict: 'failed',
    where,
    check: 'identity',
    detail: `its boot id is ${facts.bootId}, its Node's is ${node.bootId}`,
    todo: 'The address leads to another machine, or the kubelet has not reported since the last boot: check both.',
  };
}
