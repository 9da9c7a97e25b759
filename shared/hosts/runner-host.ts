import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../domain/failures/catalogue.ts';
import { reasonOf } from '../ports/abort.ts';
import type {
  CommandResult,
  DetachedResult,
  DetachedTask,
  Fence,
  Host,
  HostFacts,
  RebootOrder,
  Script,
} from '../ports/host.ts';
import { afterHello, readFacts, readTaskState, type TaskState, textOf } from './answers.ts';
import type { Answer, Executor } from './executor.ts';
import { type RunnerVerb, runnerFor } from './runner/text.ts';

/** How far the log of a task was read, and the last of it. */
interface Reading {
  offset: number;
  tail: string;
  /** Characters given and kept back. */
  given: number;
  kept: number;
  readonly decoder: StringDecoder;
}

/** Most of a log asked for at once, bytes. */
const PIECE_BYTES = 256 * 1024;
/** How much of a log's end is kept, characters. */
const TAIL = 8_000;
/** Most of a task's log that is given, characters; then only its end. */
const MOST_GIVEN = 32 * 1024 * 1024;
/** SIGHUP and SIGTERM: the host goes down, or the script took too long. */
const ASKED_TO_END = [129, 143];
const POLL_FIRST_MS = 100;
const POLL_LAST_MS = 2000;

/** A host that can run a shell: each call is one run of the runner script (see docs/hosts.md). */
export class RunnerHost implements Host {
  readonly name: string;
  readonly #executor: Executor;
  readonly #readings = new Map<string, Reading>();

  constructor(name: string, executor: Executor) {
    this.name = name;
    this.#executor = executor;
  }

  async facts(signal: AbortSignal): Promise<HostFacts> {
    const answer = await this.#call('facts', [], signal);
    return readFacts(textOf(answer, this.#executor.where), this.#executor.where);
  }

  async run(script: Script, signal: AbortSignal): Promise<CommandResult> {
    const answer = await this.#call('run', [], signal, script);
    const stdout = afterHello(answer, this.#executor.where).toString('utf8');
    if (ASKED_TO_END.includes(answer.exitCode))
      throw fail('host-connection-lost', {
        message: `${this.#executor.where} ended our script before its end`,
        seen: `exit code ${answer.exitCode}: ${answer.stderr.toString('utf8').trim().slice(-1000)}`,
      });
    return { exitCode: answer.exitCode, stdout, stderr: answer.stderr.toString('utf8') };
  }

  async own(fence: Fence, signal: AbortSignal): Promise<void> {
    textOf(await this.#call('own', fenceWords(fence), signal), this.#executor.where);
  }

  async disown(fence: Fence, signal: AbortSignal): Promise<void> {
    textOf(await this.#call('disown', fenceWords(fence), signal), this.#executor.where);
  }

  async runDetached(
    task: DetachedTask,
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<DetachedResult> {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(task.id)) throw new RangeError(`not a task id: ${task.id}`);
    const started = await this.#call('start', [task.id, ...fenceWords(task.fence)], signal, task.script);
    const attached = textOf(started, this.#executor.where).startsWith('attached');
    const reading = this.#reading(task.id);
    if (attached) task.onAttached?.({ fromStart: reading.offset === 0 });
    const end = await this.#follow(task.id, reading, onOutput, signal);
    switch (end.kind) {
      case 'exited':
        return { kind: 'exited', exitCode: end.exitCode, attached, logTail: reading.tail };
      case 'cut':
        return { kind: 'cut-by-reboot', bootId: end.bootId };
      case 'gone':
        return { kind: 'vanished' };
      default:
        throw fail('host-script-failed', {
          message: `${this.#executor.where} knows nothing of task ${task.id} any more`,
        });
    }
  }

  async reboot(order: RebootOrder, signal: AbortSignal): Promise<void> {
    const words = [...fenceWords(order.fence), order.expectBootId, String(order.notAfterMs)];
    const script = { text: order.command === '' ? 'systemctl reboot' : order.command, args: [] };
    textOf(await this.#call('reboot', words, signal, script), this.#executor.where);
  }

  close(): Promise<void> {
    return this.#executor.close();
  }

  #reading(id: string): Reading {
    const reading = this.#readings.get(id) ?? newReading();
    this.#readings.set(id, reading);
    return reading;
  }

  /** Reads the log until the task has ended and all of it was given; the readings outlive a lost connection. */
  async #follow(
    id: string,
    reading: Reading,
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<TaskState> {
    const give = (text: string): void => hear(reading, text, onOutput);
    let waitMs = POLL_FIRST_MS;
    for (;;) {
      const words = [id, String(reading.offset), String(PIECE_BYTES)];
      const state = readTaskState(await this.#call('poll', words, signal), this.#executor.where);
      const missed = state.from - reading.offset;
      if (missed > 0) give(`${reading.decoder.end()}\n${leftOut(missed)}`);
      reading.offset = Math.max(reading.offset, state.from) + state.log.length;
      give(reading.decoder.write(state.log));
      // A piece may be short where the host left something out; one that is empty brings us no further.
      if (state.log.length > 0 && reading.offset < state.size) continue;
      if (state.kind !== 'running') {
        give(reading.decoder.end());
        if (reading.kept > 0) onOutput(`\n${leftOut(reading.kept)}${reading.tail}`);
        this.#readings.delete(id);
        return state;
      }
      waitMs = state.log.length > 0 ? POLL_FIRST_MS : Math.min(POLL_LAST_MS, waitMs * 1.5);
      await sleep(waitMs, undefined, { signal }).catch(error => {
        throw signal.aborted ? reasonOf(signal) : error;
      });
    }
  }

  #call(verb: RunnerVerb, words: readonly string[], signal: AbortSignal, script?: Script): Promise<Answer> {
    return this.#executor.execute([verb, ...words], runnerFor(verb, script), signal);
  }
}

function newReading(): Reading {
  return { offset: 0, tail: '', given: 0, kept: 0, decoder: new StringDecoder('utf8') };
}

/** Gives text of a log, and keeps the end of it; a log without end is given up to a limit. */
function hear(reading: Reading, text: string, onOutput: (text: string) => void): void {
  if (text === '') return;
  reading.tail = (reading.tail + text).slice(-TAIL);
  if (reading.given < MOST_GIVEN) {
    reading.given += text.length;
    onOutput(text);
  } else reading.kept += text.length;
}

function leftOut(size: number): string {
  return `[${size} bytes of output were left out]\n`;
}

function fenceWords({ installation, rollout, node, round, epoch }: Fence): string[] {
  const words = [installation, rollout, node, String(round), String(epoch)];
  if (words.some(word => word === '' || /[\n\r]/.test(word)))
    throw new RangeError('a fence word is empty or has line ends');
  return words;
}
