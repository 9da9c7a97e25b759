import type { HttpQuestion, StatusRange } from './user-check.ts';

/** Whether a check holds, and why. */
export interface Verdict {
  readonly ok: boolean;
  readonly detail: string;
}

const MOST_SHOWN = 200;

/** Judges what a server answered. */
export function judgeAnswer(
  check: HttpQuestion,
  answer: { readonly status: number; readonly body: string; readonly isCut: boolean },
): Verdict {
  const { status, body, isCut } = answer;
  const said = `HTTP ${status}`;
  if (!check.status.some(({ from, to }) => from <= status && status <= to)) {
    return { ok: false, detail: `${said}, expected ${check.status.map(showRange).join(', ')}${shown(body)}` };
  }
  const where = isCut ? ' in the first 64 KiB' : '';
  if (check.body !== '' && !body.includes(check.body)) {
    return { ok: false, detail: `${said}, but ${JSON.stringify(check.body)} is not in the body${where}${shown(body)}` };
  }
  if (check.bodyMatches !== '' && !new RegExp(check.bodyMatches, 'u').test(body)) {
    return { ok: false, detail: `${said}, but the body does not match ${check.bodyMatches}${where}${shown(body)}` };
  }
  return { ok: true, detail: said };
}

function showRange({ from, to }: StatusRange): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/** The beginning of a body on one line. */
function shown(body: string): string {
  const line = body.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  if (line === '') return '';
  return `: ${line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line}`;
}
