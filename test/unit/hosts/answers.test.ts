import { expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { textOf } from '../../../shared/hosts/answers.ts';
import { RUNNER_HELLO } from '../../../shared/hosts/runner/text.ts';

const answer = (exitCode: number, stdout: string) => ({
  exitCode,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(''),
});
const codeOf = (exitCode: number, stdout: string) => {
  try {
    return textOf(answer(exitCode, stdout), 'a:22');
  } catch (error) {
    return failureOf(error).code;
  }
};

it.each(['', RUNNER_HELLO])('a script killed by a host that goes down may have done its work (%j)', stdout => {
  expect(codeOf(143, stdout)).toBe('host-connection-lost');
  expect(codeOf(137, stdout)).toBe('host-connection-lost');
});

it('a refusal, or a shell that cannot run it, is none of that', () => {
  expect(codeOf(95, `${RUNNER_HELLO}refused dpkg runs\n`)).toBe('host-busy');
  expect(codeOf(127, '')).toBe('host-script-failed');
});

it.each([
  ['sudo-asks-password', 1, '', 'sudo: a password is required\n'],
  [
    'sudo-asks-password',
    1,
    '',
    'sudo: unable to resolve host x: Name or service not known\nsudo: a password is required\n',
  ],
  ['sudo-needs-terminal', 1, '', 'sudo: sorry, you must have a tty to run sudo\n'],
  ['sudo-not-allowed', 1, '', 'deploy is not in the sudoers file.\n'],
  ['sudo-not-allowed', 1, '', "Sorry, user deploy is not allowed to execute '/usr/bin/sh -s' as root on one.\n"],
  ['sudo-missing', 127, '', 'env: ‘sudo’: No such file or directory\n'],
  ['sudo-missing', 127, '', "env: can't execute 'sudo': No such file or directory\n"],
  ['sudo-refused', 1, '', 'sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n'],
  ['host-no-shell', 1, 'This account is currently not available.\n', ''],
  ['host-no-shell', 1, 'This service allows sftp connections only.\n', ''],
  ['host-no-shell', 1, '', ''],
  ['host-password-expired', 1, '', 'Password change required but no TTY available.\n'],
  ['host-script-failed', 2, '', 'sh: 1: Syntax error\n'],
])('a script that never ran: %s (exit code %d)', (code, exitCode, stdout, stderr) => {
  const said = { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
  expect(() => textOf(said, 'a:22')).toThrow(expect.objectContaining({ failure: expect.objectContaining({ code }) }));
});
