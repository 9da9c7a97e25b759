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
