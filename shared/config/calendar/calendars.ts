import { DAY_MS } from '../../domain/time/day.ts';
import type { Freeze } from '../../domain/window/window.ts';
import { absolute, type Surroundings } from '../surroundings.ts';
import { eventsOf } from './events.ts';

/** How far ahead the events of a calendar count; windows are looked for as far. */
const AHEAD_MS = 400 * DAY_MS;

/** What a calendar freezes; `trouble` empty: it could be read. */
export interface ReadCalendarFile {
  readonly freezes: readonly Freeze[];
  readonly trouble: string;
}

/** The iCalendar files of a fleet file, each read once. */
export class Calendars {
  readonly #folder: string;
  readonly #around: Surroundings;
  readonly #nowMs: number;
  readonly #known = new Map<string, ReadCalendarFile>();

  /** `folder`: where relative paths start. */
  constructor(folder: string, around: Surroundings) {
    this.#folder = folder;
    this.#around = around;
    this.#nowMs = around.nowMs ?? Date.now();
  }

  /** What the events freeze, those under way included. `why`: for those without a summary. Never throws. */
  read(path: string, zone: string, why: string): ReadCalendarFile {
    const key = JSON.stringify([path, zone, why]);
    const known = this.#known.get(key) ?? this.#read(path, zone, why);
    this.#known.set(key, known);
    return known;
  }

  #read(path: string, zone: string, why: string): ReadCalendarFile {
    const full = absolute(path, this.#folder, this.#around.home);
    const trouble = this.#around.trouble(full);
    if (trouble) return { freezes: [], trouble: `calendar ${full} is ${trouble}` };
    try {
      const span = { fromMs: this.#nowMs, toMs: this.#nowMs + AHEAD_MS };
      return { freezes: eventsOf(this.#around.read(full), { zone, why, span }), trouble: '' };
    } catch (error) {
      return { freezes: [], trouble: `calendar ${full} cannot be used: ${(error as Error).message}` };
    }
  }
}
