import { type FileContent, InMemoryFs } from 'just-bash';

type WriteOptions = Parameters<InMemoryFs['writeFile']>[2];

/** An error as a file system gives it; the shell prints its text. */
function fsError(code: 'ENOSPC' | 'ENOENT', path: string): Error {
  const text = code === 'ENOSPC' ? 'No space left on device' : 'No such file or directory';
  return Object.assign(new Error(`${path}: ${text}`), { code });
}

const PROGRAM = /^\/(usr\/)?bin\/[^/]+$/;
const MEMORY = /^\/(run|proc|sys|dev)(\/|$)/;

/**
 * The file system of a host: in memory, with files computed at each read (`/proc/uptime`), a disk that can be full,
 * and no files in directories that do not exist. /run, /proc, /sys and /dev never fill.
 */
export class HostDisk extends InMemoryFs {
  readonly #computed = new Map<string, () => string>();
  /** Programs that are there: every shell that starts would write all of them again. */
  readonly #programs = new Set<string>();
  full = false;

  /** Makes `path` give what `content` says at each read. */
  compute(path: string, content: () => string): void {
    this.writeFileSync(path, '');
    this.#computed.set(path, content);
  }

  /** Empties /run, as a boot does. */
  async clearMemory(): Promise<void> {
    for (const name of await this.readdir('/run')) await this.rm(`/run/${name}`, { recursive: true, force: true });
  }

  override writeFileSync(...args: Parameters<InMemoryFs['writeFileSync']>): void {
    const [path] = args;
    if (PROGRAM.test(path)) {
      if (this.#programs.has(path)) return;
      this.#programs.add(path);
    }
    super.writeFileSync(...args);
  }

  override async rm(...args: Parameters<InMemoryFs['rm']>): Promise<void> {
    if (!MEMORY.test(args[0])) this.#programs.clear();
    await super.rm(...args);
  }

  override async readFile(...args: Parameters<InMemoryFs['readFile']>): Promise<string> {
    return this.#computed.get(args[0])?.() ?? super.readFile(...args);
  }

  override async readFileBuffer(path: string): Promise<Uint8Array> {
    const content = this.#computed.get(path);
    return content ? new TextEncoder().encode(content()) : super.readFileBuffer(path);
  }

  override async readFileBytes(path: string): ReturnType<InMemoryFs['readFileBytes']> {
    const content = this.#computed.get(path);
    if (content) this.writeFileSync(path, content());
    return super.readFileBytes(path);
  }

  override async writeFile(path: string, content: FileContent, options?: WriteOptions): Promise<void> {
    await this.#assertWritable(path);
    this.#programs.delete(path);
    await super.writeFile(path, content, options);
  }

  override async appendFile(path: string, content: FileContent, options?: WriteOptions): Promise<void> {
    await this.#assertWritable(path);
    this.#programs.delete(path);
    await super.appendFile(path, content, options);
  }

  override async mkdir(...args: Parameters<InMemoryFs['mkdir']>): Promise<void> {
    if (this.full && !MEMORY.test(args[0]) && !(await this.exists(args[0]))) throw fsError('ENOSPC', args[0]);
    await super.mkdir(...args);
  }

  async #assertWritable(path: string): Promise<void> {
    if (this.full && !MEMORY.test(await this.#real(path))) throw fsError('ENOSPC', path);
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!(await this.exists(parent))) throw fsError('ENOENT', path);
  }

  /** `path` with the links of its folder followed (/var/run is a link to /run). */
  async #real(path: string): Promise<string> {
    const at = path.lastIndexOf('/');
    const parent = path.slice(0, at) || '/';
    return (await this.exists(parent)) ? `${await this.realpath(parent)}/${path.slice(at + 1)}` : path;
  }
}
