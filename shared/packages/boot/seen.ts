/** What a host told of its kernels and boot loaders. */
export interface Seen {
  readonly running: string;
  /** As `uname -m`. */
  readonly machine: string;
  /** The kind of container the host is; null: none. */
  readonly container: string | null;
  /** The kernel was given BOOT_IMAGE, as by GRUB and syslinux. */
  readonly bootImage: boolean;
  /** What the loader left in EFI variables. */
  readonly efi: ReadonlyMap<string, string>;
  /** File names of kernel images. */
  readonly images: readonly string[];
  /** Releases with a folder of modules. */
  readonly modules: readonly string[];
  /** Path → target, of links to images. */
  readonly links: ReadonlyMap<string, string>;
  /** What the programs grubby and bootctl said. */
  readonly said: ReadonlyMap<string, string>;
  /** Paths of unified kernel images. */
  readonly ukis: readonly string[];
  /** The lines that matter of configuration files, by path, in the order in which they were told. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** Reads the lines; null: they do not end with `end`. */
export function readSeen(stdout: string): Seen | null {
  const lines = stdout.split('\n').filter(line => line !== '');
  if (lines.at(-1) !== 'end') return null;
  const of = (word: string) =>
    lines.filter(line => line.startsWith(`${word} `)).map(line => line.slice(word.length + 1).trim());
  const pairs = (word: string) =>
    new Map(of(word).map((rest): [string, string] => [rest.split(' ')[0] ?? '', rest.split(' ').slice(1).join(' ')]));
  return {
    running: of('running')[0] ?? '',
    machine: of('machine')[0] ?? '',
    container: of('container')[0] ?? null,
    bootImage: of('booted-by').length > 0,
    efi: pairs('efi'),
    images: [...new Set(of('image'))],
    modules: [...new Set(of('modules'))],
    links: pairs('link'),
    said: new Map(['grubby', 'bootctl'].flatMap(word => of(word).map((rest): [string, string] => [word, rest]))),
    ukis: of('uki'),
    files: readFiles(lines),
  };
}

function readFiles(lines: readonly string[]): Map<string, string[]> {
  const files = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines) {
    if (line.startsWith('file ')) files.set(line.slice('file '.length), (current = []));
    else if (line.startsWith('|')) current.push(line.slice(1));
  }
  return files;
}

/**
 * The release in a kernel image's path: `/boot/vmlinuz-6.1.0-9-amd64`, `/TOKEN/6.1.0-9-amd64/linux` of kernel-install; for
 * a name without one, such as `/boot/vmlinuz`, what its link points to. null: none is to be seen.
 */
export function releaseOf(path: string, seen: Pick<Seen, 'links'>): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const named = /^(?:vmlinu[xz]|[Ii]mage|bzImage|kernel)-(\d.*)$/.exec(name)?.[1];
  if (named !== undefined) return named;
  const folder = /\/(\d+\.[^/]+)\/(?:linux|vmlinuz)$/.exec(path)?.[1];
  if (folder !== undefined) return folder;
  const target = seen.links.get(`/boot/${name}`) ?? seen.links.get(`/${name}`);
  return target === undefined ? null : releaseOf(target, { links: new Map() });
}
