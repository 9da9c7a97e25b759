/**
 * What reboots a host by itself, in words, from the sections (`== name`) of what the host's tools have set. Throws Error
 * when the end is missing. Of settings that are written twice the last counts.
 */
export function parseSelfReboots(output: string): string[] {
  const sections = new Map<string, string>();
  let name = '';
  for (const line of output.split('\n')) {
    const head = /^== (\S+)$/.exec(line)?.[1];
    if (head !== undefined) name = head;
    sections.set(name, `${sections.get(name) ?? ''}${head === undefined ? line : ''}\n`);
  }
  if (!sections.has('end')) throw new Error('what reboots the host by itself was not told to its end');
  return [
    ...ofApt(sections.get('apt') ?? ''),
    ...ofDnf(sections.get('dnf') ?? ''),
    ...ofTransactionalUpdate(sections.get('transactional-update')),
    ...ofRebootmgr(sections.get('rebootmgr')),
    ...ofTimers(sections.get('timers') ?? ''),
  ];
}

/** As apt reads truth: https://salsa.debian.org/apt-team/apt, StringToBool. */
const TRUE = /^(?:[1-9]\d*|yes|true|with|on|enable)$/i;

function ofApt(text: string): string[] {
  const of = (key: string) => [...text.matchAll(new RegExp(`^${key} "(.*)";$`, 'gm'))].at(-1)?.[1] ?? '';
  if (!TRUE.test(of('Unattended-Upgrade::Automatic-Reboot'))) return [];
  const period = of('APT::Periodic::Unattended-Upgrade');
  return period === '' || period === '0' ? [] : ['unattended-upgrades has Automatic-Reboot "true"'];
}

/** The last value of a key of an ini file or shell settings, without quotes. */
function setting(text: string, key: string): string {
  const found = [...text.matchAll(new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'gm'))];
  return (found.at(-1)?.[1] ?? '').replace(/^(["'])(.*)\1$/, '$2');
}

function ofDnf(text: string): string[] {
  const reboot = setting(text, 'reboot');
  return reboot === 'when-needed' || reboot === 'when-changed' ? [`dnf-automatic has reboot = ${reboot}`] : [];
}

/** Its timer ends with a reboot by this method; without one it finds one that there is. */
function ofTransactionalUpdate(text: string | undefined): string[] {
  if (text === undefined) return [];
  const method = setting(text, 'REBOOT_METHOD') || 'auto';
  // kured and the like only leave a sentinel, rebootmgr has a word of its own.
  return ['auto', 'systemd', 'kexec'].includes(method) ? [`transactional-update reboots by method ${method}`] : [];
}

function ofRebootmgr(text: string | undefined): string[] {
  if (text === undefined) return [];
  const strategy = setting(text, 'strategy') || 'best-effort';
  return strategy === 'off' ? [] : [`rebootmgr reboots by strategy ${strategy}`];
}

const REBOOTS = /(?:^|[\s/;])(?:reboot|kexec)(?:$|[\s;])|(?:^|[\s/])shutdown\s(?:[^;]*\s)?(?:-r|--reboot)\b/;
/** They carry out what was asked of them; what asks is listed itself. */
const NOT_TOLD = /^(?:systemd-reboot|systemd-kexec)\.service$/;

function ofTimers(text: string): string[] {
  return text.split('\n\n').flatMap(record => {
    const id = /^Id=(.+)$/m.exec(record)?.[1] ?? '';
    const commands = [...record.matchAll(/argv\[\]=([^;]*)/g)].map(match => (match[1] ?? '').trim());
    const command = commands.find(each => REBOOTS.test(each));
    return command === undefined || NOT_TOLD.test(id) ? [] : [`a timer runs ${id}: ${command.slice(0, 100)}`];
  });
}
