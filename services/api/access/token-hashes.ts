import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ServiceLog } from '../../common/log.ts';
import { type KnownToken, parseTokens } from './tokens.ts';

const LOOK_EVERY_MS = 1_000;
/** Editors empty a file and then write it: what is seen in between would revoke somebody's tokens. */
const SETTLE_MS = 50;

/** When a file of token hashes is looked at. */
export interface TokenHashesPace {
  /** Default: 1 s. */
  readonly lookEveryMs?: number;
  /** Waits until a changed file is looked at once more: it counts when two looks see the same. Default: 50 ms. */
  readonly settle?: () => Promise<unknown>;
}

/** The tokens whose hashes are in a file, read again when it has changed: at most once a second, when somebody asks. */
export class TokenHashes {
  readonly #file: string;
  readonly #log: ServiceLog;
  readonly #lookEveryMs: number;
  readonly #settle: () => Promise<unknown>;
  #tokens: readonly KnownToken[] = [];
  /** As it was found last, right or wrong. */
  #text = '';
  /** As it was told last. */
  #trouble = '';
  #lookedAtMs = 0;
  #look: Promise<void> | null = null;

  private constructor(file: string, log: ServiceLog, pace: TokenHashesPace) {
    this.#file = file;
    this.#log = log;
    this.#lookEveryMs = pace.lookEveryMs ?? LOOK_EVERY_MS;
    this.#settle = pace.settle ?? (() => sleep(SETTLE_MS));
  }

  /**
   * Reads the file for the first time.
   * @throws api-token-hashes: it cannot be read, it is empty, a line is wrong, or there is no token in it
   */
  static async open(file: string, log: ServiceLog, pace: TokenHashesPace = {}): Promise<TokenHashes> {
    const tokens = new TokenHashes(file, log, pace);
    await tokens.#read();
    if (tokens.#tokens.length === 0) throw fail('api-token-hashes', { message: `${file} holds the hash of no token` });
    tokens.#lookedAtMs = performance.now();
    return tokens;
  }

  /** The tokens as they are now. Of a file that is wrong or empty now, or gone: those of before. */
  async current(): Promise<readonly KnownToken[]> {
    if (performance.now() - this.#lookedAtMs >= this.#lookEveryMs) {
      this.#look ??= this.#readAgain().finally(() => {
        this.#lookedAtMs = performance.now();
        this.#look = null;
      });
      await this.#look;
    }
    return this.#tokens;
  }

  async #readAgain(): Promise<void> {
    try {
      if (await this.#read())
        this.#log.info({ file: this.#file, tokens: this.#tokens.length }, 'hashes of tokens read again');
      this.#trouble = '';
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      if (trouble === this.#trouble) return;
      this.#trouble = trouble;
      this.#log.error(
        { file: this.#file, trouble },
        'the file of token hashes is wrong: the tokens of before still hold',
      );
    }
  }

  /** Whether there was something new; a text that is wrong is told once. */
  async #read(): Promise<boolean> {
    const text = await this.#changed();
    if (text === null) return false;
    this.#text = text;
    // So it is found for as long as it takes to make what is to be written into it.
    if (text.trim() === '') throw fail('api-token-hashes', { message: `${this.#file} is empty` });
    this.#tokens = parseTokens(text, this.#file);
    return true;
  }

  /** The text once nobody is writing it any more; null: it is that of before. */
  async #changed(): Promise<string | null> {
    let text = await this.#load();
    while (text !== this.#text) {
      const before = text;
      await this.#settle();
      text = await this.#load();
      if (text === before) return text;
    }
    return null;
  }

  async #load(): Promise<string> {
    return readFile(this.#file, 'utf8').catch((error: unknown) => {
      throw fail('api-token-hashes', {
        message: `the file of token hashes ${this.#file} cannot be read`,
        seen: String(error),
        cause: error,
      });
    });
  }
}
