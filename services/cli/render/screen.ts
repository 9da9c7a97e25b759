import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../terminal.ts';
import { width } from './text.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Lines at the bottom of a terminal that are drawn again and again in the same place. */
export class Screen {
  readonly #terminal: Terminal;
  #drawn: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Replaces what was drawn before. */
  draw(lines: readonly string[]): void {
    const first = this.#drawn.length === 0 ? HIDE_CURSOR : '';
    const body = lines.map(line => `${line}${CLEAR_LINE_END}\n`).join('');
    this.#terminal.write(`${first}${this.#back()}${body}${CLEAR_BELOW}`);
    this.#drawn = lines;
  }

  /** Leaves what is drawn where it is and gives the cursor back. Twice is as good as once. */
  end(): void {
    if (this.#drawn.length === 0) return;
    this.#drawn = [];
    this.#terminal.write(SHOW_CURSOR);
  }

  /** To the first drawn line. A terminal made narrower since has broken long lines into several. */
  #back(): string {
    const { columns } = this.#terminal.size();
    const rows = this.#drawn.reduce((sum, line) => {
      return sum + Math.max(1, Math.ceil(width(stripVTControlCharacters(line)) / columns));
    }, 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  }
}
