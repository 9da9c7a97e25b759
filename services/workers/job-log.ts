import type { Job } from 'bullmq';

const FLUSH_MS = 250;
/** A row of the log is at most this long; the rest goes into the next. */
const ROW_CHARS = 4_000;

/** Everything of a terminal's control language but tab and newline: it must not reach the reader's screen. */
const CONTROL = /\p{Cc}\[[0-9;?]*[ -/]*[@-~]|[^\P{Cc}\t\n]/gu;

/** What Bull Board shows of a step under way: a ring of `progress` percent, and the rest under Progress. */
export interface StepProgress {
  readonly progress: 10 | 50 | 100;
  readonly now: string;
}

const BEGUN: StepProgress['progress'] = 10;

/** Collects a step's output and progress and writes them to its job a few times a second. */
export class JobLog {
  readonly #job: Job;
  #text = '';
  #progress: StepProgress | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(job: Job) {
    this.#job = job;
  }

  write(text: string): void {
    this.#text += text.replaceAll('\r\n', '\n').replaceAll(CONTROL, '');
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** A line about the step itself, and how far it is. Said again as the last time, by any process, it is not repeated. */
  tell(progress: StepProgress['progress'], now: string): void {
    const last = this.#progress ?? lastTold(this.#job);
    if (last?.now === now && last.progress === progress) return;
    // A visit that only looks again has not begun anew.
    if (progress === BEGUN && last?.progress === 50) return;
    this.#progress = { progress, now };
    const apart = this.#text === '' || this.#text.endsWith('\n') ? '' : '\n';
    this.write(`${apart}» ${now}\n`);
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
    const progress = this.#progress;
    this.#writing = this.#writing.then(async () => {
      await Promise.all([progress && this.#job.updateProgress({ ...progress }), this.#add(rows)]);
    });
    this.#writing = this.#writing.catch(() => {});
    return this.#writing;
  }

  async #add(rows: readonly string[]): Promise<void> {
    for (const row of rows) await this.#job.log(row);
  }
}

function lastTold(job: Job): StepProgress | null {
  const { progress } = job;
  return typeof progress === 'object' && 'now' in progress ? (progress as StepProgress) : null;
}
