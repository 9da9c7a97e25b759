import type { StepError } from '../domain/failure.ts';
import { type FailureCode, fail } from '../domain/failures/catalogue.ts';
import type { Answer } from './executor.ts';

/** What sudo (its messages in English), OpenSSH, PAM and login shells say, in the order in which it is looked for. */
const SAYINGS: readonly { readonly text: RegExp; readonly code: FailureCode; readonly means: string }[] = [
  {
    text: /password change required|must change your password|password has expired/i,
    code: 'host-password-expired',
    means: 'wants a new password for this user',
  },
  {
    text: /^sudo: .*(a password is required|a terminal is required to read the password|no askpass program)/m,
    code: 'sudo-asks-password',
    means: 'has a sudo that asks for a password',
  },
  { text: /you must have a tty to run sudo/, code: 'sudo-needs-terminal', means: 'has a sudo that wants a terminal' },
  {
    text: /is not in the sudoers file|is not allowed to (execute|run)|may not run sudo/,
    code: 'sudo-not-allowed',
    means: 'does not allow this user to run sudo',
  },
  { text: /\bsudo\W*(command )?not found|\bsudo\W+No such file/i, code: 'sudo-missing', means: 'has no sudo' },
  { text: /^sudo: (?!unable to resolve host)/m, code: 'sudo-refused', means: 'has a sudo that refuses' },
  {
    text: /account is (currently )?not available|sftp connections only|restricted shell|not allowed to log ?in/i,
    code: 'host-no-shell',
    means: 'runs no commands for this user',
  },
];

/**
 * Why the runner's first line never came. A shell that ends at once without a word (`/bin/false`, a forced command) is
 * `host-no-shell`; what is not known is `host-script-failed`.
 */
export function neverRan(answer: Answer, where: string): StepError {
  const said = [answer.stderr, answer.stdout].map(text => text.toString('utf8').trim()).filter(text => text !== '');
  const seen = `exit code ${answer.exitCode}${said.length > 0 ? `: ${said.join('\n').slice(-1000)}` : ', not a word'}`;
  const text = said.join('\n');
  const found = SAYINGS.find(saying => saying.text.test(text));
  if (found) return fail(found.code, { message: `${where} ${found.means}`, seen });
  if (said.length === 0 && answer.exitCode < 2)
    return fail('host-no-shell', { message: `${where} runs no commands for this user`, seen });
  return fail('host-script-failed', { message: `${where} did not run our script`, seen });
}
