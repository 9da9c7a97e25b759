import type { ExecResult } from 'just-bash';
import { DPKG_LOCK } from '../locks.ts';
import { compareVersions } from '../versions.ts';
import { type CommandBody, type CommandPlace, err, out } from './command.ts';

const FIELDS: Record<string, (name: string, version: string) => string> = {
  Package: name => name,
  'binary:Package': name => name,
  Version: (_name, version) => version,
  Status: () => 'install ok installed',
  'db:Status-Abbrev': () => 'ii ',
  'db:Status-Status': () => 'installed',
  Architecture: () => 'amd64',
  Essential: () => 'no',
};

/** A dpkg `--showformat` for one package. */
export function showPackage(format: string, name: string, version: string): string {
  return format
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replace(/\$\{([\w:-]+)(?:;-?\d+)?\}/g, (_whole, field: string) => FIELDS[field]?.(name, version) ?? '');
}

/** A pattern of package names with `*` and `?`. */
export function globOf(pattern: string): RegExp {
  const text = pattern.replace(/[.+^${}()|\\]/g, '\\$&');
  return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function matching(patterns: readonly string[], { host }: CommandPlace): [string, string][] {
  const all = [...host.packages.installed].sort(([a], [b]) => (a < b ? -1 : 1));
  if (patterns.length === 0) return all;
  const regexps = patterns.map(globOf);
  return all.filter(([name]) => regexps.some(regexp => regexp.test(name)));
}

/** `dpkg-query -W [-f FORMAT] [PATTERN …]`. */
const dpkgQuery: CommandBody = (args, place) => {
  const at = args.findIndex(arg => arg === '-f' || arg === '--showformat');
  const joined = args.find(arg => /^(-f=?.|--showformat=)/.test(arg))?.replace(/^(--showformat=|-f=?)/, '');
  const format = at >= 0 ? (args[at + 1] ?? '') : (joined ?? '${binary:Package}\t${Version}\n');
  const patterns = args.filter((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1));
  const found = matching(patterns, place);
  const text = found.map(([name, version]) => showPackage(format, name, version)).join('');
  if (found.length > 0 || patterns.length === 0) return out(text);
  return err(`dpkg-query: no packages found matching ${patterns[0]}`);
};

function list(patterns: readonly string[], place: CommandPlace): ExecResult {
  const lines = matching(patterns, place).map(([name, version]) => `ii  ${name} ${version} amd64 ${name}\n`);
  return out(`||/ Name Version Architecture Description\n${lines.join('')}`, lines.length > 0 ? 0 : 1);
}

function configure({ host, process }: CommandPlace): ExecResult {
  if (process.uid !== 0) return err('dpkg: error: requested operation requires superuser privilege', 2);
  const holder = host.locks.holder(DPKG_LOCK);
  if (holder !== null && holder.pid !== process.pid)
    return err(`dpkg: error: dpkg frontend lock was locked by another process with pid ${holder.pid}`, 2);
  host.setInterrupted(false);
  return out('');
}

const OPERATORS: Record<string, (order: number) => boolean> = {
  lt: order => order < 0,
  le: order => order <= 0,
  eq: order => order === 0,
  ne: order => order !== 0,
  ge: order => order >= 0,
  gt: order => order > 0,
};

const dpkg: CommandBody = (args, place) => {
  const [verb = '', ...rest] = args.filter(arg => !arg.startsWith('--force-'));
  if (verb === '--configure') return configure(place);
  if (verb === '--audit' || verb === '-C')
    return out(place.host.packages.interrupted ? 'The following packages are only half configured.\n' : '');
  if (verb === '-l' || verb === '--list') return list(rest, place);
  if (verb === '--print-architecture') return out('amd64\n');
  if (verb === '--compare-versions') {
    const holds = OPERATORS[rest[1] ?? '']?.(compareVersions(rest[0] ?? '', rest[2] ?? ''));
    return out('', holds === undefined ? 2 : holds ? 0 : 1);
  }
  if (verb === '-s' || verb === '--status') {
    const version = place.host.packages.installed.get(rest[0] ?? '');
    if (version === undefined)
      return err(`dpkg-query: package '${rest[0]}' is not installed and no information is available`);
    return out(`Package: ${rest[0]}\nStatus: install ok installed\nVersion: ${version}\n`);
  }
  return err(`dpkg: error: unknown option ${verb}`, 2);
};

export const DPKG: Readonly<Record<string, CommandBody>> = { dpkg, 'dpkg-query': dpkgQuery };
