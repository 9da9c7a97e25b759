import { once } from 'node:events';
import type { ServerChannel } from 'ssh2';
import { isOff, type SimHost } from './machine.ts';

/** What a client asked to be run, and as whom. */
export interface CommandRequest {
  readonly uid: number;
  readonly command: string;
}

/** A command whose input is not closed within this time, and says nothing, gets an empty one (a person at a terminal). */
const SILENT_STDIN_MS = 150;

/** A shell that takes its script from its input: it comes, however long a busy client takes to send it. */
const SHELL_ON_STDIN = /\bsh -s\b/;

/** The last line of a program that ends its shell: nothing after it would be read, and a client may hold the input open. */
const LAST_LINE = /\bexit; \}\n$/;

/**
 * The shell here needs all input before it starts: waits for the end of the client's input or of the program in it, but not
 * for that of a terminal that says nothing.
 */
function readStdin(channel: ServerChannel, command: string): Promise<Buffer> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    const silent = setTimeout(() => {
      if (!SHELL_ON_STDIN.test(command)) resolve(Buffer.alloc(0));
    }, SILENT_STDIN_MS);
    channel.on('data', (chunk: Buffer) => {
      clearTimeout(silent);
      chunks.push(chunk);
      if (SHELL_ON_STDIN.test(command) && LAST_LINE.test(Buffer.concat(chunks.slice(-2)).toString('latin1'))) end();
    });
    const end = () => {
      clearTimeout(silent);
      resolve(Buffer.concat(chunks));
    };
    channel.once('end', end);
    channel.once('close', end);
  });
}

/** Uses up one of the commands that are to lose their connection. */
function loses(host: SimHost, when: 'before' | 'after'): boolean {
  const { dropCommands } = host.faults;
  if (dropCommands.times === 0 || dropCommands.when !== when) return false;
  host.faults.dropCommands = { ...dropCommands, times: dropCommands.times - 1 };
  return true;
}

function unanswered({ state, faults }: SimHost): boolean {
  return isOff(state) || (state === 'going-down' && faults.rebootReply === 'drops');
}

/** Runs one command and answers on its channel. `cut` destroys the connection. */
export async function serveCommand(
  host: SimHost,
  channel: ServerChannel,
  request: CommandRequest,
  cut: () => void,
): Promise<void> {
  channel.on('error', () => {});
  const stdin = await readStdin(channel, request.command);
  if (loses(host, 'before')) return cut();
  if (isOff(host.state)) return;
  const process = host.processes.spawn({ uid: request.uid, text: request.command, stdin, command: request.command });
  const result = await process.done;
  if (loses(host, 'after')) return cut();
  // A machine that goes down takes the session along before the answer is out.
  if (unanswered(host)) return cut();
  if (channel.destroyed) return;
  channel.stderr.write(result.stderr);
  channel.write(result.stdout, () => {
    channel.exit(result.exitCode);
    channel.end();
  });
  await once(channel, 'close');
}
