import { type ApprovalPlace, placeText } from '../command.ts';
import { showLocal } from '../time/day.ts';

/** The command that approves a place: `nodetide approve dev/2`. */
export function approveCommand(place: ApprovalPlace): string {
  return `nodetide approve ${placeWord(place)}`;
}

/** A place as it is typed: `production`, `dev/2`; `canary dev/2`, as it has the wave's name otherwise. */
export function placeWord(place: ApprovalPlace): string {
  const text = placeText(place);
  return place.of === 'canary' ? text : text.slice(text.indexOf(' ') + 1);
}

/** What is waited for. */
export function approvalText(place: ApprovalPlace): string {
  return `approval of ${placeText(place)}: ${approveCommand(place)}`;
}

/** What is waited for; `after` names what came before: `wave dev/1`. */
export function soakText(after: string, untilMs: number): string {
  return `soak after ${after} until ${instantText(untilMs)}`;
}

/** An instant for people, always in UTC, to the second: `Sun 2026-11-22 22:50:07 UTC`. */
export function instantText(ms: number): string {
  return `${showLocal(ms)}:${new Date(ms).toISOString().slice(17, 19)} UTC`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A span as it is written in the fleet file: `1h30m`. */
export function spanText(ms: number): string {
  let left = ms;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text === '' ? '0s' : text;
}
