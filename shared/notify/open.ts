import { readFile } from 'node:fs/promises';
import { failureOf, StepError } from '../domain/failure.ts';
import { fail } from '../domain/failures/catalogue.ts';
import type { NoticeMessage } from '../domain/notify/notice.ts';
import type { NotifyTarget, WebhookTarget } from '../domain/notify/target.ts';
import type { SecretRef } from '../domain/plan.ts';
import type { Attempt, Notifier, ReadSecret } from '../ports/notifier.ts';
import { judge, troubleOf } from './answer.ts';
import { type Post, type PostAnswer, post } from './post.ts';
import { secretParts, secretUrl } from './url.ts';
import { webhookBody, webhookHeaders } from './webhook.ts';

/** Delivers to every kind of target. Libraries are loaded when the first message for them comes. */
export function openNotifier(readSecret: ReadSecret): Notifier {
  const secret = async (ref: SecretRef, what: string): Promise<string> => {
    try {
      return await readSecret(ref, what);
    } catch (error) {
      throw fail('notify-settings', { message: failureOf(error).message });
    }
  };
  return { send: (target, message, attempt) => sendTo(secret, target, message, attempt) };
}

async function sendTo(
  secret: ReadSecret,
  target: NotifyTarget,
  message: NoticeMessage,
  attempt: Attempt,
): Promise<string> {
  const ca = await readCa(target.caFile);
  if (target.kind === 'mail') {
    const { sendMail } = await import('./mail.ts');
    const password = target.auth === null ? null : await secret(target.auth.password, 'the password');
    return sendMail(target, message, attempt, { password, ca });
  }
  const url =
    typeof target.url === 'string' ? new URL(target.url) : secretUrl(await secret(target.url, 'the URL'), 'the URL');
  const secrets = typeof target.url === 'string' ? [] : secretParts(url);
  const how = { url, ca, signal: attempt.signal, mayLeave: () => attempt.mayLeave(), hasLeft: () => attempt.hasLeft() };
  if (target.kind === 'webhook') return sendWebhook(secret, target, message, attempt.id, how, secrets);
  return answered(how, secrets, async () => {
    if (target.kind === 'slack') return (await import('./slack.ts')).postToSlack(message, how);
    const { teamsMessage } = await import('./teams.ts');
    return post({ ...how, headers: {}, body: JSON.stringify(teamsMessage(message)) });
  });
}

async function sendWebhook(
  secret: ReadSecret,
  target: WebhookTarget,
  message: NoticeMessage,
  id: string,
  how: Omit<Post, 'headers' | 'body'>,
  urlSecrets: readonly string[],
): Promise<string> {
  const key = target.secret === null ? null : await secret(target.secret, 'the secret to sign with');
  const secrets = [...urlSecrets, ...(key === null ? [] : [key])];
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(target.headers)) {
    own[name] = typeof value === 'string' ? value : await headerOf(secret, value, name);
    if (typeof value !== 'string') secrets.push(own[name]);
  }
  const body = webhookBody(message);
  return answered(how, secrets, () =>
    post({ ...how, headers: { ...own, ...webhookHeaders(id, Date.now(), body, key) }, body }),
  );
}

/** Node.js would put another value into its own complaint. */
async function headerOf(secret: ReadSecret, ref: SecretRef, name: string): Promise<string> {
  const value = await secret(ref, `header ${name}`);
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(value)) return value;
  throw fail('notify-settings', { message: `header ${name}: what is there cannot be a header` });
}

async function answered(
  { signal }: Pick<Post, 'signal'>,
  secrets: readonly string[],
  ask: () => Promise<PostAnswer>,
): Promise<string> {
  try {
    return judge(await ask(), secrets);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof StepError ? error : troubleOf(error, secrets);
  }
}

async function readCa(file: string | null): Promise<string | null> {
  if (file === null) return null;
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fail('notify-settings', { message: `the CA file ${file} cannot be read (${error.code ?? 'unknown'})` });
  });
}
