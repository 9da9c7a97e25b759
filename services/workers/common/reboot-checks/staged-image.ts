import { readOstreeStatus } from '../../../../shared/domain/ostree-status.ts';
import { type Answer, failed, said, type Tool } from './answer.ts';

/** The kinds of image hosts that can be asked which image the next boot starts. */
export const STAGED_IMAGE: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  [
    'rpm-ostree',
    {
      script: { text: 'LC_ALL=C rpm-ostree status --json', args: [] },
      read: result => (result.exitCode === 0 ? readRpmOstree(result.stdout) : failed('rpm-ostree status', result)),
    },
  ],
  [
    'bootc',
    {
      script: { text: 'LC_ALL=C bootc status --json', args: [] },
      read: result => (result.exitCode === 0 ? readBootc(result.stdout) : failed('bootc status', result)),
    },
  ],
  [
    'transactional-update',
    {
      script: {
        text: `
next=$(LC_ALL=C btrfs subvolume get-default /) || exit
printf 'default %s\\n' "$next"
while read -r _ point _ options _; do
  [ "$point" != / ] || printf 'booted %s\\n' "$options"
done <"$NODETIDE_ROOT/proc/self/mounts"
`,
        args: [],
      },
      read: result => (result.exitCode === 0 ? readSnapshots(result.stdout) : failed('btrfs get-default', result)),
    },
  ],
]);

function readRpmOstree(stdout: string): Answer {
  const images = readOstreeStatus(stdout);
  if (!images) return { kind: 'failed', why: 'rpm-ostree status names no booted deployment' };
  const { booted, next } = images;
  if (next.id === booted.id) return said(false, `rpm-ostree: ${booted.name} is booted, and no other is staged`);
  return said(true, `rpm-ostree: ${booted.name} is booted, the next boot starts ${next.name}`);
}

interface BootEntry {
  readonly image?: { readonly image?: { readonly image?: string }; readonly version?: string | null } | null;
}

/** A staged image, or a rollback that was asked for, is what the next boot starts. */
export function readBootc(stdout: string): Answer {
  const status = (parsed(stdout) as { status?: Record<string, unknown> } | null)?.status;
  if (!status) return { kind: 'failed', why: 'bootc status cannot be read' };
  const { booted, staged, rollbackQueued } = status as {
    booted?: BootEntry;
    staged?: BootEntry;
    rollbackQueued?: boolean;
  };
  // Where packages are installed as ever, bootc only looks on.
  if (!booted) return said(null, 'bootc: this host was not booted from an image');
  const name = (entry: BootEntry) => entry.image?.version ?? entry.image?.image?.image ?? 'an image';
  if (staged) return said(true, `bootc: ${name(booted)} is booted, ${name(staged)} is staged`);
  if (rollbackQueued) return said(true, `bootc: ${name(booted)} is booted, a rollback is queued`);
  return said(false, `bootc: ${name(booted)} is booted, and no other is staged`);
}

/** transactional-update makes the new snapshot the default subvolume; the booted one is mounted on `/`. */
export function readSnapshots(stdout: string): Answer {
  const next = /^default ID (\d+)\b(?:.* path (\S+))?/m.exec(stdout);
  const booted = /^booted (?:.*,)?subvolid=(\d+)(?:,subvol=([^,\s]+))?/m.exec(stdout);
  if (!next || !booted) return said(null, 'the root file system is no btrfs snapshot');
  const [, nextId, nextPath = nextId] = next;
  const [, bootedId, bootedPath = bootedId] = booted;
  if (nextId === bootedId) return said(false, `${bootedPath} is booted, and no other snapshot is the default`);
  return said(true, `${bootedPath} is booted, the next boot starts ${nextPath}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
