import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { fail } from '../domain/failures/catalogue.ts';
import type { NoticeMessage } from '../domain/notify/notice.ts';
import type { MailTarget } from '../domain/notify/target.ts';
import type { Attempt } from '../ports/notifier.ts';
import { mask } from './answer.ts';
import { mailHtml, mailText } from './mail-text.ts';

/** How a mail is sent besides what its target says. */
export interface MailSecrets {
  readonly password: string | null;
  /** PEM; null: the usual authorities. */
  readonly ca: string | null;
}

/** Sends a mail; its words leave only once the server has asked for them. Throws StepError, or the signal's reason. */
export async function sendMail(
  target: MailTarget,
  message: NoticeMessage,
  attempt: Attempt,
  secrets: MailSecrets,
): Promise<string> {
  const { signal } = attempt;
  signal.throwIfAborted();
  const mail = await compose(target, message, attempt.id);
  const connection = new SMTPConnection(optionsOf(target, secrets.ca));
  let stop = (): void => {};
  try {
    return await Promise.race([
      new Promise<never>((_, reject) => {
        connection.on('error', reject);
        connection.on('end', () => reject(new Error('the server closed the connection')));
        stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        signal.addEventListener('abort', stop, { once: true });
      }),
      talk(connection, target, mail, attempt, secrets.password),
    ]);
  } catch (error) {
    signal.throwIfAborted();
    throw smtpTrouble(error, secrets.password);
  } finally {
    signal.removeEventListener('abort', stop);
    connection.on('error', () => {});
    connection.close();
  }
}

async function talk(
  connection: SMTPConnection,
  { auth, from, to }: MailTarget,
  mail: Buffer,
  attempt: Attempt,
  password: string | null,
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    connection.connect(error => (error ? reject(error) : resolve()));
  });
  if (auth !== null && password !== null) {
    await new Promise<void>((resolve, reject) => {
      connection.login({ user: auth.user, pass: password }, error => (error ? reject(error) : resolve()));
    });
  }
  async function* words() {
    const end = Math.max(0, mail.length - 64);
    yield mail.subarray(0, end);
    await attempt.mayLeave();
    attempt.hasLeft();
    yield mail.subarray(end);
  }
  const envelope = { from: bare(from), to: to.map(bare), use8BitMime: false };
  return new Promise((resolve, reject) => {
    connection.send(envelope, Readable.from(words()), (error, info) => {
      if (error) return reject(error);
      const refused = info?.rejected ?? [];
      const but = refused.length > 0 ? `, but not for ${refused.join(', ')}` : '';
      resolve(`${info?.response ?? 'taken'}${but}`);
    });
  });
}

function optionsOf({ host, port, tls, timeoutMs }: MailTarget, ca: string | null): SMTPConnectionOptions {
  return {
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: ca === null ? {} : { ca },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 0,
    logger: false,
  };
}

/** All mails of a rollout refer to one that does not exist: mail programs show them together (RFC 5322, 3.6.4). */
async function compose(target: MailTarget, message: NoticeMessage, id: string): Promise<Buffer> {
  const domain = bare(target.from).split('@')[1] ?? 'localhost';
  const { rollout = '', fleet = '' } = message.fields;
  const thread = rollout === '' ? {} : { references: `<${rollout}.${fleet}@${domain}>` };
  return new MailComposer({
    from: target.from,
    to: [...target.to],
    subject: message.title,
    text: mailText(message),
    html: mailHtml(message),
    messageId: `<${id}@${domain}>`,
    date: new Date(message.atMs),
    ...thread,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Nodetide-Event': message.event,
      ...(message.severity === 'critical' ? { 'X-Priority': '1', Importance: 'high' } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** `Ops <ops@example.org>` → `ops@example.org`. */
function bare(address: string): string {
  return /<([^<>]*)>$/.exec(address)?.[1] ?? address;
}

/** A refusal for good (RFC 5321, 4.2.1: 5yz) of the message or of all its recipients; a log-in may work later. */
function smtpTrouble(error: unknown, password: string | null) {
  const {
    message = '',
    code = '',
    responseCode = 0,
  } = error as { message?: string; code?: string; responseCode?: number };
  const words = mask(message || code || 'no connection', password === null ? [] : [password]);
  const isFinal = responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  return fail(isFinal ? 'notify-refused' : 'notify-no-answer', {
    message: `mail was not taken: ${words}`,
    cause: error,
  });
}
