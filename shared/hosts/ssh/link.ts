import type { Answer, Executor } from '../executor.ts';
import { quoteAll } from '../quote.ts';
import { type Slots, unlessAborted } from '../wait.ts';
import { type Connection, openConnection, type Server } from './connection.ts';
import { execute } from './exec.ts';

/** Limits over all connections of a process. */
export interface LinkLimits {
  /** How many may be logging in at once. */
  readonly opening: Slots;
  /** A connection nobody has used for so long is closed. */
  readonly idleMs: number;
}

/** The one connection to a host: opened when first used, again after it was lost, closed when idle. */
export class Link implements Executor {
  readonly where: string;
  readonly #route: readonly Server[];
  readonly #shell: string;
  readonly #limits: LinkLimits;
  #opening: Promise<Connection> | null = null;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(route: readonly Server[], become: 'none' | 'sudo', limits: LinkLimits) {
    const last = route.at(-1);
    this.where = last ? `${last.address}:${last.port}` : '';
    this.#route = route;
    this.#shell = become === 'sudo' ? 'sudo -n sh -s --' : 'sh -s --';
    this.#limits = limits;
  }

  /** See {@link execute}. A connection that could not be had is tried anew by the next call. */
  async execute(words: readonly string[], stdin: string, signal: AbortSignal): Promise<Answer> {
    this.#users += 1;
    clearTimeout(this.#idle);
    try {
      const connection = await unlessAborted(this.#connection(), signal);
      return await execute(connection, `${this.#shell} ${quoteAll(words)}`, stdin, this.where, signal);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#idle = setTimeout(() => void this.close(), this.#limits.idleMs).unref();
    }
  }

  /** Closes the connection, if there is one; the next call opens another. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const opening = this.#opening;
    this.#opening = null;
    if (!opening) return;
    const connection = await opening.catch(() => null);
    connection?.close();
    await connection?.closed;
  }

  #connection(): Promise<Connection> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  #open(): Promise<Connection> {
    const opening = this.#limits.opening.use(() => openConnection(this.#route));
    const forget = (): void => {
      if (this.#opening === opening) this.#opening = null;
    };
    opening.then(connection => connection.closed.then(forget), forget);
    return opening;
  }
}
