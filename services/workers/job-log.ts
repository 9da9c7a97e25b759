import type { Job } from 'bullmq';

const FLUSH_MS = 250;
/** A row of the log is at most this long; the rest goes into the next. */
const ROW_CHARS = 4_000;

/** Everything of a terminal's control language but tab and newline: it must not reach the reader's screen. */
const CONTROL = /\p{Cc}\[[0-9;?]*[ -/]*[@-~]|[^\P{Cc}\t\n]/gu;

/** Collects a step's output and writes it to its job's log a few times a second. */
export class JobLog {
  readonly #job: Job;
  #text = '';
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(job: Job) {
    this.#job = job;
  }

  write(text: string): void {
    this.#text += text.replaceAll('\r\n', '\n').replaceAll(CONTROL, '');
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what is left; a log that cannot be written never fails a step. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#text.replace(/\n$/, '');
    this.#text = '';
    if (text === '') return this.#writing;
    const rows: string[] = [];
    for (let at = 0; at < text.length; at += ROW_CHARS) rows.push(text.slice(at, at + ROW_CHARS));
    this.#writing = this.#writing.then(async () => {
      for (const row of rows) await this.#job.log(row);
    });
    this.#writing = this.#writing.catch(() => {});
    return this.#writing;
  }
}
