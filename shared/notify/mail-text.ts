import type { NoticeMessage } from '../domain/notify/notice.ts';
import { factsOf } from './facts.ts';

const COLOURS = { info: '#1a7f37', warning: '#9a6700', critical: '#cf222e' } as const;

/** A message for readers without HTML. */
export function mailText(message: NoticeMessage): string {
  const facts = factsOf(message).map(([name, value]) => `${`${name}:`.padEnd(9)} ${value}`);
  return `${[message.body, '', ...facts, ...(message.link === '' ? [] : ['', message.link])].join('\n')}\n`;
}

/** The same with HTML; nothing is loaded from anywhere. */
export function mailHtml(message: NoticeMessage): string {
  const { title, body, link, severity } = message;
  const lines = body.split('\n').map(line => `<p style="margin:0 0 8px">${escape(line)}</p>`);
  const rows = factsOf(message).map(
    ([name, value]) =>
      `<tr><td style="padding:2px 12px 2px 0;color:#59636e">${escape(name)}</td><td>${escape(value)}</td></tr>`,
  );
  const more = link === '' ? '' : `<p><a href="${escape(link)}">Open in nodetide</a></p>`;
  return [
    '<!doctype html><html><body style="font:14px/1.5 sans-serif;color:#1f2328">',
    `<h2 style="font-size:17px;color:${COLOURS[severity]}">${escape(title)}</h2>`,
    ...lines,
    `<table style="border-spacing:0">${rows.join('')}</table>${more}</body></html>`,
  ].join('\n');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
