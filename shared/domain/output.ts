/** How much of a command's output is kept. */
export interface OutputLimits {
  /** Of one line, characters. */
  readonly lineChars: number;
  /** Of everything, characters: what comes after is left out, but for its end. */
  readonly totalChars: number;
  /** Of that end, characters. */
  readonly tailChars: number;
}

/** For the log of one visit of a step. */
export const STEP_OUTPUT: OutputLimits = { lineChars: 16_000, totalChars: 1_000_000, tailChars: 32_000 };

/**
 * The control language of terminals (ECMA-48): sequences with parameters (`ESC [ … m`), strings up to their end (titles,
 * links: `ESC ] … BEL`; one that never ends goes to the end of the line), short sequences, in 7 and 8 bits.
 */
const SEQUENCES = sequences();

function sequences(): RegExp {
  const code = String.fromCharCode;
  const [escape, bell, end] = [code(0x1b), code(0x07), code(0x9c)];
  const withParameters = `(?:${escape}\\[|${code(0x9b)})[0-?]*[ -/]*[@-~]?`;
  const strings = `(?:${escape}[\\]PX^_]|[${code(0x9d, 0x90, 0x98, 0x9e, 0x9f)}])[^\\r\\n${bell}${escape}${end}]*(?:${bell}|${escape}\\\\|${end})?`;
  return new RegExp(`${withParameters}|${strings}|${escape}[ -/]*[0-~]?`, 'g');
}

/** Controls but tab, newline, carriage return and backspace, and what turns the direction of writing or breaks lines unseen. */
const CONTROLS = /[^\P{Cc}\t\n\r\b]|[\u2028-\u202e\u2066-\u2069]/gu;

const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text from outside as it may be shown and kept: without the control language of terminals, half characters replaced, of
 * a line that was written over (progress bars) what stood there last. Newlines and tabs stay.
 */
export function cleanText(text: string): string {
  if (!/[^\t\n -~\u00a0-\u1fff\u2070-\ud7ff\ue000-\uffff]/.test(text)) return text;
  return text.split('\n').map(cleanLine).join('\n');
}

/** {@link cleanText} of every text in a value, however deep; other values stay what they are. */
export function cleanAll<T>(value: T): T {
  if (typeof value === 'string') return cleanText(value) as T;
  if (Array.isArray(value)) return (value as unknown[]).map(each => cleanAll(each)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, cleanAll(each)])) as T;
}

/** At most `most` characters and a word on what is missing, which is the middle: the end says the most, then the beginning. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const [head, tail] = [Math.floor(most / 4), most - Math.floor(most / 4)];
  return `${wellFormed(text.slice(0, head))}\n${cutMark(text.length - most)}\n${wellFormed(text.slice(-tail))}`;
}

/**
 * Cleans the output of a command as it comes, in pieces cut anywhere: gives whole lines, each no longer than it may be, and
 * no more of all than it may be; what is cut is said where it was.
 */
export class OutputCleaner {
  readonly #limits: OutputLimits;
  /** Since the last carriage return, raw, no longer than needed. */
  #raw = '';
  #rawCut = 0;
  /** The line as it stands, as far as it was not written over. */
  #line = '';
  /** The line was given before it ended. */
  #shown = false;
  #given = 0;
  #tail = '';
  #cut = 0;

  constructor(limits: OutputLimits = STEP_OUTPUT) {
    this.#limits = limits;
  }

  /** Whether a line has begun and not ended. */
  get unended(): boolean {
    return this.#raw !== '' || this.#line !== '';
  }

  /** The lines that are whole now, with their ends. */
  push(text: string): string {
    const lines: string[] = [];
    let from = 0;
    for (const { index, 0: end } of text.matchAll(/[\r\n]/g)) {
      this.#take(text.slice(from, index));
      this.#endSegment();
      if (end === '\n') lines.push(this.#wholeLine());
      from = index + 1;
    }
    this.#take(text.slice(from));
    return this.#limit(lines.join(''));
  }

  /** The line that has begun, as if it ended here; empty: there is none. */
  rest(): string {
    this.#endSegment();
    const line = this.#takeLine();
    this.#shown ||= line !== '';
    return this.#limit(line);
  }

  /** The last line, and the end of what was left out. */
  end(): string {
    const last = this.rest();
    const left = this.#cut - this.#tail.length;
    const tail = this.#cut === 0 ? '' : `${left > 0 ? `${cutMark(left)}\n` : ''}${wellFormed(this.#tail)}`;
    this.#cut = 0;
    this.#tail = '';
    return last + tail;
  }

  #take(piece: string): void {
    // Sequences take room and say nothing: more is kept than can be shown.
    const room = Math.max(0, 4 * this.#limits.lineChars - this.#raw.length);
    this.#raw += piece.slice(0, room);
    this.#rawCut += Math.max(0, piece.length - room);
  }

  /** What comes next is written over what stands there. An end that says nothing (CR LF, "erase the line") writes nothing. */
  #endSegment(): void {
    const { lineChars } = this.#limits;
    const clean = cleanSegment(this.#raw);
    const cut = Math.max(0, clean.length - lineChars) + this.#rawCut;
    if (clean.trim() !== '' || this.#line.trim() === '')
      this.#line = cut > 0 ? `${wellFormed(clean.slice(0, lineChars))} ${cutMark(cut)}` : clean;
    this.#raw = '';
    this.#rawCut = 0;
  }

  #wholeLine(): string {
    const line = this.#takeLine();
    const ends = line === '' && this.#shown;
    this.#shown = false;
    return ends ? '' : `${line}\n`;
  }

  #takeLine(): string {
    const line = this.#line;
    this.#line = '';
    return line;
  }

  #limit(text: string): string {
    const { totalChars, tailChars } = this.#limits;
    const room = Math.max(0, totalChars - this.#given);
    if (text.length <= room) {
      this.#given += text.length;
      return text;
    }
    // Whole lines only.
    const head = text.slice(0, text.lastIndexOf('\n', room - 1) + 1);
    const over = text.slice(head.length);
    this.#given = totalChars;
    const first =
      this.#cut === 0 ? `[more than ${totalChars} characters: the rest is left out here, but for its end]\n` : '';
    this.#cut += over.length;
    this.#tail = (this.#tail + over).slice(-tailChars);
    return head + first;
  }
}

function cutMark(chars: number): string {
  return `[… ${chars} characters cut]`;
}

/** Of what was written over, what stood there last and said something. */
function cleanLine(line: string): string {
  const segments = line.split('\r').map(cleanSegment);
  return segments.findLast(segment => segment.trim() !== '') ?? segments.at(-1) ?? '';
}

function cleanSegment(segment: string): string {
  const plain = segment.replace(SEQUENCES, '').replace(CONTROLS, '');
  return wellFormed(plain.includes('\b') ? struckOver(plain) : plain);
}

/** A backspace takes the character before it. */
function struckOver(text: string): string {
  const kept: string[] = [];
  for (const character of text) {
    if (character === '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}

function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATES, '\ufffd');
}
