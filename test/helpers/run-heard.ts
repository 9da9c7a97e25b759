import { execFile } from 'node:child_process';
import type { CommandResult, Script } from '../../shared/ports/host.ts';

/** Runs a script to its end; `heard` gets its output as it comes. */
export function runHeard(
  script: Script,
  env: NodeJS.ProcessEnv,
  heard: (text: string) => void = () => {},
): Promise<CommandResult> {
  return new Promise(resolve => {
    const args = ['-c', script.text, 'sh', ...script.args];
    const child = execFile('/bin/sh', args, { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdout?.on('data', heard);
    child.stderr?.on('data', heard);
  });
}

/** An ear for {@link runHeard}: `seen` resolves once these words were heard. */
export function hearing(words: RegExp): { readonly heard: (text: string) => void; readonly seen: Promise<void> } {
  let tell = (): void => {};
  const seen = new Promise<void>(resolve => {
    tell = resolve;
  });
  return { heard: text => (words.test(text) ? tell() : undefined), seen };
}
