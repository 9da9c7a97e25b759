import type { ClientChannel } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import { reasonOf, unlessAborted } from '../../ports/abort.ts';
import type { Answer } from '../executor.ts';
import { inTime, Slots } from '../wait.ts';
import type { Connection } from './connection.ts';
import { converse, openCommand } from './exec.ts';
import { commandTrouble } from './trouble.ts';

/** OpenSSH's default of MaxSessions: a further session on the connection is refused. */
const MOST_SESSIONS = 10;
/** So many commands we have let go of and the host has not: a new connection is better. */
const MOST_ABANDONED = 3;

/** Nothing was sent: the command may be given to another connection. */
export class LineUnusable extends Error {
  override readonly name = 'LineUnusable';
}

function unusable(): LineUnusable {
  return new LineUnusable('the connection takes no more commands');
}

/** One open connection to a host, and the commands on it: never more at once than an SSH server takes. */
export class Line {
  readonly #connection: Connection;
  readonly #where: string;
  readonly #openMs: number;
  readonly #sessions = new Slots(MOST_SESSIONS);
  #running = 0;
  #abandoned = 0;
  #retired = false;
  #opened = false;

  /** `openMs`: how long the server may take to begin a command. */
  constructor(connection: Connection, where: string, openMs: number) {
    this.#connection = connection;
    this.#where = where;
    this.#openMs = openMs;
    void connection.closed.then(() => this.retire());
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<unknown> {
    return this.#connection.closed;
  }

  /** Takes no new command; closes as soon as those under way have ended. */
  retire(): void {
    this.#retired = true;
    this.#sessions.dismiss(unusable());
    if (this.#running === 0) this.#connection.close();
  }

  /** At once, whatever runs. */
  async close(): Promise<void> {
    this.retire();
    this.#connection.close();
    await this.closed;
  }

  /**
   * Runs a command to its end with `stdin`, as soon as a session is free. Aborting closes its session; what runs on the
   * host goes on, and so do the other commands here. Throws StepError with the codes of the Host port, or LineUnusable.
   */
  async run(command: string, stdin: string, signal: AbortSignal): Promise<Answer> {
    this.#running += 1;
    try {
      for (;;) {
        // Its sessions may be held by what hangs.
        if (this.#retired) throw unusable();
        const free = await this.#sessions.take(signal);
        const channel = await this.#open(command, free, signal);
        if (channel) return await this.#talk(channel, stdin, free, signal);
      }
    } finally {
      this.#running -= 1;
      if (this.#retired && this.#running === 0) this.#connection.close();
    }
  }

  /** null: the server takes no more sessions than it has from us now; wait for one of them. */
  async #open(command: string, free: () => void, signal: AbortSignal): Promise<ClientChannel | null> {
    const opening = this.#ask(command);
    try {
      return await unlessAborted(inTime(opening, this.#openMs, this.#late), signal);
    } catch (error) {
      // Should it open after all: nothing was sent, and nothing will be.
      opening.then(
        channel => {
          channel.once('close', free);
          this.#letGo(channel);
        },
        () => free(),
      );
      if (signal.aborted) throw reasonOf(signal);
      if (isFull(error) && this.#retryLater()) return null;
      throw this.#troubleOf(error);
    }
  }

  async #ask(command: string): Promise<ClientChannel> {
    if (this.#retired) throw unusable();
    try {
      const channel = await openCommand(this.#connection.client, command);
      this.#opened = true;
      return channel;
    } catch (error) {
      if (!isNotConnected(error)) throw error;
      this.retire();
      throw new LineUnusable('the connection is going down');
    }
  }

  readonly #late = (): Error => {
    this.retire();
    return fail('host-session-timeout', {
      message: `${this.#where} begins no command`,
      seen: `logged in, but no session was opened within ${this.#openMs / 1000} s`,
    });
  };

  /** A server may allow fewer sessions than most do. True: others of ours are under way, and will make room. */
  #retryLater(): boolean {
    const others = this.#sessions.held - 1;
    if (others >= 1) this.#sessions.shrink(others);
    // Sessions that we have let go of may still be there: a new connection has none of them.
    else if (this.#opened) this.retire();
    return others >= 1;
  }

  #troubleOf(error: unknown): Error {
    if (error instanceof LineUnusable) return error;
    if (isFull(error) && this.#retired) return new LineUnusable('the connection is full of what has been let go');
    return commandTrouble(error, this.#where);
  }

  async #talk(channel: ClientChannel, stdin: string, free: () => void, signal: AbortSignal): Promise<Answer> {
    // OpenSSH keeps the session until its command ends, and so long our place in it is taken.
    let closed = false;
    channel.once('close', () => {
      closed = true;
      free();
    });
    const talking = converse(this.#connection.client, channel, stdin, this.#where);
    try {
      return await unlessAborted(talking, signal);
    } catch (error) {
      talking.catch(() => {});
      if (!closed) this.#letGo(channel);
      if (signal.aborted) throw reasonOf(signal);
      throw this.#troubleOf(error);
    }
  }

  #letGo(channel: ClientChannel): void {
    this.#abandoned += 1;
    channel.once('close', () => {
      this.#abandoned -= 1;
    });
    channel.resume();
    channel.stderr.resume();
    channel.close();
    if (this.#abandoned >= MOST_ABANDONED) this.retire();
  }
}

/** The server refused the channel (RFC 4254, 5.1), as ssh2 tells it. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'reason' in error;
}

function isNotConnected(error: unknown): boolean {
  return error instanceof Error && error.message === 'Not connected';
}
