import { fillNames } from '../placeholders.ts';
import { clip } from '../text.ts';
import { NOTICE_FIELDS, type Notice, type NoticeField, type NoticeMessage } from './notice.ts';
import type { NotifyTemplate } from './target.ts';

/** The usual words; the link stands beside them. A line whose placeholders are all empty is left out. */
export const DEFAULT_TEMPLATE = {
  title: '{title}',
  body: ['{what}', 'Why: {why}', 'Seen: {seen}', 'State: {state}', 'To do: {todo}'].join('\n'),
} as const;

/** Longer titles are cut: mail servers and Slack have limits. */
const MOST_TITLE = 140;
/** Slack takes 3,000 characters in a block, Teams 28 KB in all. */
const MOST_BODY = 2_800;
const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Why a template cannot be filled; null: it can. */
export function templateTrouble(text: string): string | null {
  if (text.trim() === '') return 'it is empty';
  const unknown = [...text.matchAll(PLACEHOLDER)].find(([, name]) => !NOTICE_FIELDS.some(field => field === name));
  return unknown ? `${unknown[0]} is none of ${NOTICE_FIELDS.map(field => `{${field}}`).join(' ')}` : null;
}

/** The words of a notice. */
export function writeMessage(notice: Notice, template: NotifyTemplate): NoticeMessage {
  const fields: Notice['fields'] = { ...notice.fields, event: notice.event, severity: notice.severity };
  const title = fillLine(template.title ?? DEFAULT_TEMPLATE.title, fields) ?? '';
  const lines = (template.body ?? DEFAULT_TEMPLATE.body).trimEnd().split('\n');
  const body = lines.flatMap(line => fillLine(line, fields) ?? []).join('\n');
  return {
    event: notice.event,
    severity: notice.severity,
    atMs: notice.atMs,
    title: clip(title, MOST_TITLE),
    body: body.length <= MOST_BODY ? body : `${body.slice(0, MOST_BODY - 1).trimEnd()}…`,
    link: fields.link ?? '',
    fields,
  };
}

/** null: everything the line names is empty. */
function fillLine(line: string, fields: Notice['fields']): string | null {
  const names = [...line.matchAll(PLACEHOLDER)].map(([, name]) => name as NoticeField);
  if (names.length > 0 && names.every(name => (fields[name] ?? '') === '')) return null;
  return fillNames(line, name => fields[name as NoticeField] ?? '');
}
