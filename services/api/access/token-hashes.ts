import { readFile } from 'node:fs/promises';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ServiceLog } from '../../common/log.ts';
import { type KnownToken, parseTokens } from './tokens.ts';

const LOOK_EVERY_MS = 1_000;

/** The tokens whose hashes are in a file, read again when it has changed: at most once a second, when somebody asks. */
export class TokenHashes {
  readonly #file: string;
  readonly #log: ServiceLog;
  readonly #lookEveryMs: number;
  #tokens: readonly KnownToken[] = [];
  /** As it was found last, right or wrong. */
  #text = '';
  /** As it was told last. */
  #trouble = '';
  #lookedAtMs = 0;
  #look: Promise<void> | null = null;

  private constructor(file: string, log: ServiceLog, lookEveryMs: number) {
    this.#file = file;
    this.#log = log;
    this.#lookEveryMs = lookEveryMs;
  }

  /**
   * Reads the file for the first time.
   * @param options.lookEveryMs default 1 s
   * @throws api-token-hashes: it cannot be read, a line is wrong, or there is no token in it
   */
  static async open(file: string, log: ServiceLog, options: { lookEveryMs?: number } = {}): Promise<TokenHashes> {
    const tokens = new TokenHashes(file, log, options.lookEveryMs ?? LOOK_EVERY_MS);
    await tokens.#read();
    if (tokens.#tokens.length === 0) throw fail('api-token-hashes', { message: `${file} holds the hash of no token` });
    tokens.#lookedAtMs = performance.now();
    return tokens;
  }

  /** The tokens as they are now. Of a file that is wrong now, or gone: those of before. */
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
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      throw fail('api-token-hashes', {
        message: `the file of token hashes ${this.#file} cannot be read`,
        seen: String(error),
        cause: error,
      });
    });
    if (text === this.#text) return false;
    this.#text = text;
    this.#tokens = parseTokens(text, this.#file);
    return true;
  }
}
