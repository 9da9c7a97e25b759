import type { Job } from 'bullmq';
import { cleanText, OutputCleaner } from '../../shared/domain/output.ts';

/** Lines that come together go together; also the least a reader waits for one. */
const FLUSH_MS = 250;
/** BullMQ keeps a limited number of rows: the longer a visit lasts, the more goes into one. */
const ROWS_PER_AGE = 200;
const FLUSH_MOST_MS = 5_000;
/** A line without an end is shown after this: it may be a question. */
const UNENDED_MS = 3_000;
/** A row of the log is at most this long; the rest goes into the next. */
const ROW_CHARS = 4_000;
/** So many rows are kept for a Redis that takes none now. */
const ROWS_KEPT = 500;

/** What Bull Board shows of a step under way: a ring of `progress` percent, and the rest under Progress. */
export interface StepProgress {
  readonly progress: 10 | 50 | 100;
  readonly now: string;
}

const BEGUN: StepProgress['progress'] = 10;

/** Collects a step's output and progress and writes them to its job a few times a second, in rows of whole lines. */
export class JobLog {
  readonly #job: Job;
  readonly #begun = performance.now();
  readonly #cleaner = new OutputCleaner();
  #text = '';
  #rows: string[] = [];
  #progress: StepProgress | null = null;
  #timer: NodeJS.Timeout | null = null;
  #unended: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(job: Job) {
    this.#job = job;
  }

  /** Output of a command: cleaned, and kept as far as STEP_OUTPUT says. */
  write(text: string): void {
    this.#add(this.#cleaner.push(text));
  }

  #add(text: string): void {
    this.#text += text;
    this.#timer ??= setTimeout(() => this.#flushLines(), this.#waitMs());
  }

  /** A line about the step itself, and how far it is. Said again as the last time, by any process, it is not repeated. */
  tell(progress: StepProgress['progress'], now: string): void {
    const last = this.#progress ?? lastTold(this.#job);
    if (last?.now === now && last.progress === progress) return;
    // A visit that only looks again has not begun anew.
    if (progress === BEGUN && last?.progress === 50) return;
    this.#progress = { progress, now };
    this.say(now);
  }

  /** A line of our own, whatever a command has said before. */
  say(text: string): void {
    const begun = this.#text + this.#cleaner.rest();
    this.#text = begun === '' || begun.endsWith('\n') ? begun : `${begun}\n`;
    this.#add(`» ${cleanText(text)}\n`);
  }

  /** Writes what is left, also the end of what was too much; a log that cannot be written never fails a step. */
  flush(): Promise<void> {
    this.#text += this.#cleaner.end();
    return this.#flushNow();
  }

  #flushNow(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    clearTimeout(this.#unended);
    this.#timer = null;
    return this.#take(this.#text.length);
  }

  #flushLines(): void {
    void this.#take(this.#text.length);
    this.#timer = null;
    clearTimeout(this.#unended);
    if (this.#cleaner.unended) this.#unended = setTimeout(() => this.#showUnended(), UNENDED_MS);
  }

  #showUnended(): void {
    this.#text += this.#cleaner.rest();
    void this.#flushNow();
  }

  #waitMs(): number {
    return Math.min(FLUSH_MOST_MS, Math.max(FLUSH_MS, (performance.now() - this.#begun) / ROWS_PER_AGE));
  }

  #take(length: number): Promise<void> {
    const text = this.#text.slice(0, length).replace(/\n$/, '');
    this.#text = this.#text.slice(length);
    if (text !== '') this.#rows.push(...rowsOf(text));
    if (this.#rows.length > 0) this.#writing = this.#writing.then(() => this.#writeRows()).catch(() => {});
    return this.#writing;
  }

  /** What Redis did not take stays for the next time. */
  async #writeRows(): Promise<void> {
    const rows = this.#rows.splice(0);
    try {
      const progress = this.#progress;
      if (progress) await this.#job.updateProgress({ ...progress });
      while (rows[0] !== undefined) {
        await this.#job.log(rows[0]);
        rows.shift();
      }
    } finally {
      this.#rows = [...rows, ...this.#rows].slice(-ROWS_KEPT);
    }
  }
}

/** Cut at ends of lines where there are any, never within a character. */
function rowsOf(text: string): string[] {
  const rows: string[] = [];
  let rest = text;
  while (rest.length > ROW_CHARS) {
    const end = rest.lastIndexOf('\n', ROW_CHARS);
    const at = end > 0 ? end : ROW_CHARS - (isHighSurrogate(rest.charCodeAt(ROW_CHARS - 1)) ? 1 : 0);
    rows.push(rest.slice(0, at));
    rest = rest.slice(end > 0 ? at + 1 : at);
  }
  return [...rows, rest];
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function lastTold(job: Job): StepProgress | null {
  const { progress } = job;
  return typeof progress === 'object' && 'now' in progress ? (progress as StepProgress) : null;
}
