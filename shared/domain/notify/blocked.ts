import type { Notice } from './notice.ts';
import { type About, noticeOf } from './place.ts';
import { roughSpan } from './span.ts';
import type { Spell } from './spell.ts';

/** Reasons named in one notice. */
const MOST_REASONS = 5;

/** Something has been blocked for longer than wanted. */
export function blockedNotice(about: About, spell: Spell, nowMs: number): Notice {
  const { kind, what, reasons, sinceMs } = spell;
  const span = roughSpan(nowMs - sinceMs);
  const severity = kind === 'failed' ? 'critical' : 'warning';
  const told = noticeOf(
    about,
    { id: spell.key, atMs: nowMs },
    {
      ...placeOf(spell),
      event: 'blocked',
      severity,
      title: `${what} ${waits(kind)} for ${span}`,
      what: `${what} ${waits(kind)} for ${span}.`,
      why: listed(reasons),
      todo: todoOf(about, spell),
    },
  );
  return { ...told, key: `${spell.key}-blocked` };
}

/** What was told as blocked is blocked no more; `at`: the event that ended it. */
export function overNotice(about: About, spell: Spell, at: { readonly id: string; readonly atMs: number }): Notice {
  const span = roughSpan(at.atMs - spell.sinceMs);
  const told = noticeOf(about, at, {
    ...placeOf(spell),
    event: 'blocked',
    severity: 'info',
    weight: spell.kind === 'failed' ? 'critical' : 'warning',
    title: `over: ${plain(spell.what)}, after ${span}`,
    what: `The wait of ${plain(spell.what)} is over, after ${span}.`,
    why: listed(spell.reasons),
  });
  return { ...told, key: `${spell.key}-over` };
}

function placeOf({ cluster, stage, wave, node, step }: Spell) {
  return { cluster, stage, wave, node, step };
}

function waits(kind: Spell['kind']): string {
  if (kind === 'approval') return 'has been awaited';
  if (kind === 'failed') return 'has waited for a person';
  return kind === 'paused' ? 'has been paused' : 'has been blocked';
}

function todoOf({ id }: About, { kind, todo, cluster, node }: Spell): string {
  if (kind === 'failed') return `${todo} then: nodetide retry ${cluster}/${node} --rollout ${id}`.trimStart();
  if (todo.startsWith('nodetide ')) return `${todo} --rollout ${id}`;
  return todo === '' ? `see what it waits for: nodetide status ${id}` : todo;
}

/** As it stands within a title. */
function plain(what: string): string {
  return what.replace(/,$/, '');
}

function listed(reasons: readonly string[]): string {
  const shown = reasons.slice(0, MOST_REASONS).join('; ');
  return reasons.length > MOST_REASONS ? `${shown}; and ${reasons.length - MOST_REASONS} more` : shown;
}
