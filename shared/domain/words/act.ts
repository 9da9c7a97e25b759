import { type Command, placeText } from '../command.ts';
import { counted } from '../text.ts';

/** What people are told of a kind of command, the same wherever it can be given. */
export interface ActWords {
  /** One or two words, as on a button. */
  readonly label: string;
  /** What it does, after "to". */
  readonly does: string;
  /** What cannot be taken back, or goes further than it looks; missing: it is asked about nowhere. */
  readonly warns?: string;
  /** Asked after the warning. */
  readonly asks?: string;
  /** Whether nobody should do it without saying why. */
  readonly needsWhy: boolean;
}

/** The words of every kind of command. */
export const ACT_WORDS: Readonly<Record<Command['kind'], ActWords>> = {
  pause: { label: 'Pause', does: 'take no further node; those that are away go on to their end', needsWhy: false },
  resume: { label: 'Resume', does: 'go on after a pause or a stop', needsWhy: false },
  stop: { label: 'Stop', does: 'open no further wave; paused once the open ones are done', needsWhy: false },
  abort: {
    label: 'Abort',
    does: 'end the rollout now: sound nodes are given back, the rest is listed with what to do',
    warns: 'It cannot be resumed afterwards.',
    asks: 'Abort it?',
    needsWhy: true,
  },
  retry: { label: 'Retry', does: 'try the failed step of a node again', needsWhy: false },
  'retry-all': { label: 'Retry all failed', does: 'try the failed step of every failed node again', needsWhy: false },
  skip: {
    label: 'Skip',
    does: 'give a node up and go on without it',
    warns: 'A node that is skipped stays in the state it is in.',
    asks: 'Skip it?',
    needsWhy: true,
  },
  redo: {
    label: 'Redo',
    does: 'do a node anew from drain, while its wave is open',
    warns: 'It is drained, upgraded and, where it is due, rebooted once more.',
    asks: 'Do it anew?',
    needsWhy: true,
  },
  repaired: {
    label: 'Repaired',
    does: 'take a failed node for repaired: it is verified and uncordoned, nothing before that is done',
    warns: 'The steps before verify are left out.',
    asks: 'Is it repaired?',
    needsWhy: true,
  },
  exclude: { label: 'Exclude', does: 'leave a node out before it begins', needsWhy: true },
  concurrency: {
    label: 'Concurrency',
    does: 'change how many nodes of a wave may be away at once; fewer: no further node until it is below',
    needsWhy: false,
  },
  'failure-budget': {
    label: 'Failure budget',
    does: 'change how many failures are borne before no further node is taken',
    needsWhy: true,
  },
  approve: {
    label: 'Approve',
    does: 'let a stage, cluster or wave begin, or a wave go on after its first node; also in advance',
    needsWhy: false,
  },
  revoke: { label: 'Revoke', does: 'take an approval back that nothing has begun by', needsWhy: true },
};

/** What is asked before a kind of command is carried out: `skip: … Skip it?`; undefined: nothing. */
export function sureText(kind: Command['kind']): string | undefined {
  const { warns, asks } = ACT_WORDS[kind];
  return warns === undefined ? undefined : [`${kind}:`, warns, ...(asks === undefined ? [] : [asks])].join(' ');
}

/** What a command is about: `dev/web-1`, `wave dev/2`, `stage production`, `the rollout`. */
export function actSubject(command: Command): string {
  switch (command.kind) {
    case 'retry':
    case 'skip':
    case 'redo':
    case 'repaired':
    case 'exclude':
      return `${command.cluster}/${command.node}`;
    case 'concurrency':
      return placeText({ of: 'wave', cluster: command.cluster, wave: command.wave });
    case 'failure-budget':
    case 'approve':
    case 'revoke':
      return command.kind === 'failure-budget' && command.place.of === 'rollout'
        ? 'the rollout'
        : placeText(command.place);
    case 'retry-all':
      return 'every failed node';
    default:
      return 'the rollout';
  }
}

/** What a command does, after "to", with the name of what it is about. */
export function actDoes(command: Command): string {
  if (command.kind === 'approve') {
    const { place } = command;
    if (place.of !== 'canary') return `let ${placeText(place)} begin`;
    return `let ${placeText({ ...place, of: 'wave' })} go on after its first node`;
  }
  const { does } = ACT_WORDS[command.kind];
  return 'node' in command ? does.replace(/\ba (failed )?node\b/, actSubject(command)) : does;
}

/** What raising a limit means; null: it is not raised, or it is not known what it was. `now`: what it is. */
export function raiseText(command: Command, now: number | null): string | null {
  if (now === null) return null;
  if (command.kind === 'concurrency' && command.concurrency > now) {
    return `more nodes of ${actSubject(command)} are taken at once: ${command.concurrency} instead of ${now}.`;
  }
  if (command.kind === 'failure-budget' && command.budget > now) {
    return `${placeText(command.place)} bears ${counted(command.budget, 'failure')} instead of ${now}: more nodes may fail.`;
  }
  return null;
}
