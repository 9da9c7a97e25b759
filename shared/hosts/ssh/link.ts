import { unlessAborted } from '../../ports/abort.ts';
import type { Answer, Executor } from '../executor.ts';
import { quoteAll } from '../quote.ts';
import type { Slots } from '../wait.ts';
import { openConnection } from './connection.ts';
import { Line, LineUnusable } from './line.ts';
import type { Places } from './places.ts';
import { placeOf, type Server } from './route.ts';

/** Limits over all connections of a process. */
export interface LinkLimits {
  /** How many may be open at once. */
  readonly open: Places;
  /** How many may be logging in at once. */
  readonly opening: Slots;
  /** A connection nobody has used for so long is closed. */
  readonly idleMs: number;
}

/**
 * What runs there, without or with sudo. sudo's own words are told apart by their text, so they must not be translated;
 * `env` is a program and works in every login shell.
 */
const SHELLS = { none: 'sh -s --', sudo: 'env LC_ALL=C sudo -n sh -s --' } as const;

/** Why a login that had not begun was given up. */
class Unwanted extends Error {}

/** The one connection to a host: opened when first used, again after it was lost, closed when idle. */
export class Link implements Executor {
  readonly where: string;
  readonly #route: readonly Server[];
  readonly #shell: string;
  readonly #openMs: number;
  readonly #limits: LinkLimits;
  readonly #tell: (notice: string) => void;
  #opening: Promise<Line> | null = null;
  /** Aborted when nobody waits for the connection any more. */
  #wanted = new AbortController();
  #isOpen = false;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;
  readonly #holder = { leave: (): Promise<void> => this.close() };

  /** `tell` hears of host keys that were accepted for the first time. */
  constructor(
    route: readonly Server[],
    become: 'none' | 'sudo',
    limits: LinkLimits,
    tell: (notice: string) => void = () => {},
  ) {
    const last = route.at(-1);
    if (!last) throw new RangeError('a route needs a server');
    this.where = placeOf(last);
    this.#openMs = last.profile.connectTimeoutMs;
    this.#route = route;
    this.#shell = SHELLS[become];
    this.#limits = limits;
    this.#tell = tell;
  }

  /** Throws also `host-sessions-full`. A connection that could not be had is tried anew by the next call. */
  async execute(words: readonly string[], stdin: string, signal: AbortSignal): Promise<Answer> {
    const command = `${this.#shell} ${quoteAll(words)}`;
    this.#use();
    try {
      for (;;) {
        const line = await this.#lineFor(signal);
        try {
          return await line.run(command, stdin, signal);
        } catch (error) {
          // Nothing was sent on it: another connection may be.
          if (!(error instanceof LineUnusable)) throw error;
          this.#forget(line);
        }
      }
    } finally {
      this.#unuse();
    }
  }

  /** Closes the connection, if there is one; the next call opens another. */
  async close(): Promise<void> {
    this.#wanted.abort(new Error('the connection is not wanted any more'));
    const opening = this.#opening;
    this.#none();
    const line = await opening?.catch(() => null);
    await line?.close();
  }

  #none(): void {
    clearTimeout(this.#idle);
    this.#opening = null;
    this.#isOpen = false;
    this.#limits.open.busy(this.#holder);
  }

  #use(): void {
    this.#users += 1;
    clearTimeout(this.#idle);
    this.#limits.open.busy(this.#holder);
  }

  #unuse(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#wanted.abort(new Unwanted('nobody waits for the connection any more'));
    this.#rest();
  }

  /** From the moment on at which nobody uses the open connection. */
  #rest(): void {
    if (this.#users > 0 || !this.#isOpen) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), this.#limits.idleMs).unref();
    this.#limits.open.idle(this.#holder);
  }

  /** One that was given up for want of users right before we came is asked for anew. */
  async #lineFor(signal: AbortSignal): Promise<Line> {
    for (;;) {
      try {
        return await unlessAborted(this.#line(), signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof Unwanted)) throw error;
      }
    }
  }

  #line(): Promise<Line> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  #open(): Promise<Line> {
    this.#wanted = new AbortController();
    const opening = this.#login(this.#wanted.signal);
    const forget = (): void => {
      if (this.#opening === opening) this.#none();
    };
    opening.then(line => {
      if (this.#opening !== opening) return;
      this.#isOpen = true;
      this.#rest();
      void line.closed.then(forget);
    }, forget);
    return opening;
  }

  #forget(line: Line): void {
    const opening = this.#opening;
    void opening?.then(
      current => {
        if (current === line && this.#opening === opening) this.#none();
      },
      () => {},
    );
  }

  /** Nobody waits for a place in vain; a login that has begun goes on to its end. */
  async #login(wanted: AbortSignal): Promise<Line> {
    const { open, opening } = this.#limits;
    const leave = await open.take(wanted);
    try {
      const connection = await opening.use(() => openConnection(this.#route, this.#tell), wanted);
      void connection.closed.then(leave);
      return new Line(connection, this.where, this.#openMs);
    } catch (error) {
      leave();
      throw error;
    }
  }
}
