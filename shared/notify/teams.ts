import type { NoticeMessage } from '../domain/notify/notice.ts';
import { factsOf } from './facts.ts';

const COLOURS = { info: 'good', warning: 'warning', critical: 'attention' } as const;

/**
 * A message as the Workflows app of Teams takes it: an Adaptive Card as attachment (the connectors of before and their
 * MessageCard are retired). Texts are TextRuns, in which no Markdown counts.
 */
export function teamsMessage(message: NoticeMessage): object {
  const { title, body, link, severity } = message;
  const lines = body.split('\n').filter(line => line.trim() !== '');
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          fallbackText: title,
          body: [
            rich({ text: title, weight: 'bolder', size: 'large', color: COLOURS[severity] }),
            ...lines.map(text => rich({ text })),
            { type: 'FactSet', facts: factsOf(message).map(([name, value]) => ({ title: name, value })) },
          ],
          ...(link === '' ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open in nodetide', url: link }] }),
        },
      },
    ],
  };
}

function rich(run: object) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', ...run }] };
}
