import { fail } from '../../shared/domain/failures/catalogue.ts';
import type {
  CommandResult,
  DetachedResult,
  DetachedTask,
  Fence,
  Host,
  HostFacts,
  RebootOrder,
  Script,
} from '../../shared/ports/host.ts';

/** A host in memory: its facts are fields, scripts are answered by a function, owning is remembered. */
export class FakeHost implements Host {
  readonly name: string;
  bootId = 'boot-1';
  kernel = '6.1.0-1';
  os = { id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12' };
  failedUnits: string[] | null = [];
  /** Set: every call fails with it. */
  trouble: Error | null = null;
  owner: Fence | null = null;
  readonly calls: string[] = [];
  answer: (script: Script) => CommandResult = () => ({ exitCode: 0, stdout: 'end\n', stderr: '' });
  readonly #now: () => number;
  /** It boots when another boot id is first seen. */
  #boot: { id: string; atMs: number };

  constructor(name: string, now: () => number) {
    this.name = name;
    this.#now = now;
    this.#boot = { id: this.bootId, atMs: now() - 1_000_000 };
  }

  async facts(): Promise<HostFacts> {
    this.#called('facts');
    const { bootId, kernel, os, failedUnits, name } = this;
    const nowMs = this.#now();
    if (bootId !== this.#boot.id) this.#boot = { id: bootId, atMs: nowMs };
    const uptimeSeconds = (nowMs - this.#boot.atMs) / 1000;
    return { bootId, kernel, os, uptimeSeconds, nowMs, hostname: name, failedUnits, packageTransaction: null };
  }

  async run(script: Script, _signal?: AbortSignal): Promise<CommandResult> {
    this.#called('run');
    return this.answer(script);
  }

  async own(fence: Fence): Promise<void> {
    this.#called('own');
    if (this.owner && this.owner.rollout !== fence.rollout) {
      throw fail('host-not-owned', { message: `${this.name} is held by ${this.owner.rollout}` });
    }
    this.owner = fence;
  }

  async disown(fence: Fence): Promise<void> {
    this.#called('disown');
    if (this.owner?.rollout === fence.rollout) this.owner = null;
  }

  async runDetached(
    _task: DetachedTask,
    _onOutput: (text: string) => void,
    _signal: AbortSignal,
  ): Promise<DetachedResult> {
    this.#called('runDetached');
    return { kind: 'exited', exitCode: 0, attached: false };
  }

  async reboot(_order: RebootOrder, _signal: AbortSignal): Promise<void> {
    this.#called('reboot');
  }

  async close(): Promise<void> {}

  #called(what: string): void {
    this.calls.push(what);
    if (this.trouble) throw this.trouble;
  }
}
