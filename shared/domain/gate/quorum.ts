import type { GateBase } from './gate.ts';

/** Members of a quorum: of the control plane, of etcd. None goes while another is not well, nor two at a time. */
export interface QuorumGateSettings extends GateBase {
  readonly kind: 'quorum';
  readonly members: QuorumMembers;
  /** Answers 2xx for a member that is well; may hold `{node}` and `{address}`. Empty: not asked. */
  readonly healthUrl: string;
  /** Whether any certificate of `healthUrl` is taken. */
  readonly insecure: boolean;
}

/** How members are found. */
export type QuorumMembers =
  /** Nodes of the control plane and of etcd, by role. */
  | { readonly kind: 'roles' }
  /** Kubernetes label selector of Nodes. */
  | { readonly kind: 'selector'; readonly selector: string }
  /** POSIX sh text for the control side; prints them as {@link parseMembers} reads. */
  | { readonly kind: 'command'; readonly command: string };

/** A member as a command prints it. */
export interface NamedMember {
  /** Of a Node, or of something outside. */
  readonly name: string;
  /** null: the command does not say. */
  readonly healthy: boolean | null;
  readonly reason: string;
}

const MEMBER = /^(\S+)(?:\s+(healthy|unhealthy)(?:\s+(.*))?)?$/;

/**
 * Lines `NAME`, `NAME healthy` or `NAME unhealthy REASON`; empty lines and those that begin with `#` are passed over.
 * Throws Error for any other line, a name that comes twice, and for none.
 */
export function parseMembers(output: string): NamedMember[] {
  const lines = output.split('\n').map(line => line.trim());
  const members = lines.flatMap((line): NamedMember[] => {
    if (line === '' || line.startsWith('#')) return [];
    const [, name = '', state, reason = ''] = MEMBER.exec(line) ?? [];
    if (name === '') throw new Error(`the command printed what names no member: ${line.slice(0, 80)}`);
    return [{ name, healthy: state === undefined ? null : state === 'healthy', reason }];
  });
  if (members.length === 0) throw new Error('the command printed no member');
  const twice = members.find(({ name }, index) => members.findIndex(each => each.name === name) !== index);
  if (twice) throw new Error(`the command printed ${twice.name} twice`);
  return members;
}
