import { IncomingWebhook, type IncomingWebhookSendArguments } from '@slack/webhook';
import type { NoticeMessage } from '../domain/notify/notice.ts';
import { clip } from '../domain/text.ts';
import { factsOf } from './facts.ts';
import { type Post, type PostAnswer, post } from './post.ts';

const SIGNS = { info: '🟢', warning: '🟠', critical: '🔴' } as const;
/** Block Kit: 150 characters in a header, 3,000 in a section, 2,000 in a field, 10 fields. */
const MOST_HEADER = 150;
const MOST_FIELD = 2_000;

/**
 * Posts to an incoming webhook of Slack. Everything that comes from outside is plain text, in which Slack sees no mention
 * and no link.
 */
export async function postToSlack(message: NoticeMessage, how: Omit<Post, 'headers' | 'body'>): Promise<PostAnswer> {
  let answer: PostAnswer | null = null;
  let trouble: unknown;
  const webhook = new IncomingWebhook(how.url.href, {
    fetch: async (_url, init) => {
      try {
        answer = await post({ ...how, headers: {}, body: typeof init?.body === 'string' ? init.body : '' });
        return new Response(answer.body, { status: answer.status < 200 ? 500 : answer.status });
      } catch (error) {
        trouble = error;
        throw error;
      }
    },
  });
  // What it throws is made from the answer, which is judged as that of any other target.
  await webhook.send(slackMessage(message)).catch((error: unknown) => {
    if (answer === null) throw trouble ?? error;
  });
  return answer ?? { status: 0, body: '', retryAfterMs: 0 };
}

/** A message as blocks; `text` is what notifications of the client show. */
export function slackMessage(message: NoticeMessage): IncomingWebhookSendArguments {
  const { title, body, link, severity } = message;
  const fields = factsOf(message).map(([name, value]) => plain(`${name}\n${value}`, MOST_FIELD));
  return {
    text: escape(`${SIGNS[severity]} ${title}`),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(clip(`${SIGNS[severity]} ${title}`, MOST_HEADER), MOST_HEADER) },
      ...(body === '' ? [] : [{ type: 'section' as const, text: plain(body, 3_000) }]),
      ...(fields.length === 0 ? [] : [{ type: 'section' as const, fields }]),
      ...(link === ''
        ? []
        : [
            {
              type: 'context' as const,
              elements: [{ type: 'mrkdwn' as const, text: `<${escape(link)}|Open in nodetide>` }],
            },
          ]),
    ],
  };
}

function plain(text: string, most: number) {
  return { type: 'plain_text' as const, text: text.slice(0, most), emoji: false };
}

/** The three letters that mean something in Slack's texts. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
