import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningHost } from './sshd.ts';

/**
 * `cut`: the server's processes are killed. `crash`: and the commands of its sessions too, not what is detached. `kill`:
 * the worker is killed. `reboot`: the host is rebooted, with all that runs on it.
 */
export type StrikeKind = 'cut' | 'crash' | 'kill' | 'reboot';

/** Something bad at a moment of a host's life, told by the commands its server sees. */
export interface Strike {
  readonly kind: StrikeKind;
  /**
   * The kind of command that counts: a verb of the runner, `poll-running` or `poll-exited` by what the answer says, or
   * `login`: the one that follows the strike before.
   */
  readonly what: string;
  /** Which of these, from 1. */
  readonly nth: number;
  /** As `bytes` of the script have come, while it runs, done but not answered, with `bytes` of the answer given, or after it. */
  readonly where: 'arrival' | 'during' | 'unanswered' | 'midway' | 'after';
  readonly bytes: number;
  /** How long after the moment; `during`, `after` and `login` only. */
  readonly seconds: number;
  /** How long the server is away. */
  readonly downSeconds: number;
}

type Numbers = () => number;
type Moment = (random: Numbers) => Partial<Strike> & Pick<Strike, 'what'>;

const whole = (random: Numbers, least: number, most: number): number => least + Math.floor(random() * (most - least));
const within = (random: Numbers, most: number): number => Number((random() * most).toFixed(4));

/** Every kind of moment of an upgrade, in order; the exact one is random. */
export const MOMENTS: Readonly<Record<string, Moment>> = {
  'while the script is sent': random => ({ what: 'start', where: 'arrival', bytes: whole(random, 0, 9_000) }),
  'while it is started': random => ({ what: 'start', where: 'during', seconds: within(random, 0.06) }),
  'between start and its answer': () => ({ what: 'start', where: 'unanswered' }),
  'in the midst of the log': random => ({
    what: 'poll-running',
    nth: whole(random, 1, 5),
    where: 'midway',
    bytes: whole(random, 0, 3_000),
  }),
  'between two looks': random => ({
    what: 'poll-running',
    nth: whole(random, 1, 5),
    where: 'after',
    seconds: within(random, 0.1),
  }),
  'between the end and its poll': () => ({ what: 'poll-exited', where: 'unanswered' }),
  'in the midst of the end': random => ({ what: 'poll-exited', where: 'midway', bytes: whole(random, 0, 600) }),
  'after the end, before the record': random => ({
    what: 'poll-exited',
    where: 'after',
    seconds: within(random, 0.03),
  }),
};

/** A strike at this kind of moment. */
export function strikeAt(kind: StrikeKind, moment: string, random: Numbers): Strike {
  const made = MOMENTS[moment];
  if (!made) throw new Error(`no moment ${moment}`);
  return { ...BARE, kind, downSeconds: 0.1 + within(random, 0.4), ...made(random) };
}

/** Two strikes, the first at this kind of moment, the other at a later one: at last in the login that follows the first. */
export function twoStrikes(kind: StrikeKind, moment: string, random: Numbers): [Strike, Strike] {
  const later = [...Object.keys(MOMENTS).slice(Object.keys(MOMENTS).indexOf(moment) + 1), LOGIN];
  const next = later[Math.floor(random() * later.length)] ?? LOGIN;
  const [first, then] = [kind, kind === 'crash' ? 'cut' : kind] as const;
  return [strikeAt(first, moment, random), next === LOGIN ? strikeAtLogin(then, random) : strikeAt(then, next, random)];
}

/** A strike during the login that follows the one before. */
export function strikeAtLogin(kind: StrikeKind, random: Numbers): Strike {
  return { ...BARE, kind, what: 'login', seconds: within(random, 0.08), downSeconds: within(random, 0.3) };
}

const LOGIN = 'during the login';
const BARE = { nth: 1, where: 'after', bytes: 0, seconds: 0 } as const;

/** Arms a host with strikes, one after another: the next counts once the one before was done. */
export async function arm(host: RunningHost, strikes: readonly Strike[]): Promise<void> {
  const lines = strikes.map(({ kind, what, nth, where, bytes, seconds, downSeconds }, index) =>
    [index + 1, kind, what, nth, where, bytes, seconds, downSeconds].join(' '),
  );
  await writeFile(join(host.dir, 'state', 'strikes'), lines.map(line => `${line}\n`).join(''));
}
