/** What speaks against a server: `refused` must be mended first, `warnings` a person should know. */
export interface ServerVerdict {
  /** Such as `Redis 7.0.15`. */
  readonly server: string;
  readonly refused: string[];
  readonly warnings: string[];
}

/** RedisConnection.minimumVersion and .recommendedMinimumVersion of BullMQ 6.7. */
const MINIMUM = '5.0.0';
const RECOMMENDED = '6.2.0';

type Fields = Readonly<Record<string, string | undefined>>;

/** Judges a server by the fields of INFO, and `appendfsync` of its configuration where it may be read. */
export function judgeServer(fields: Fields): ServerVerdict {
  const verdicts = [judgeVersion(fields), judgeKind(fields), judgeEviction(fields), judgeDurability(fields)];
  return {
    server: serverName(fields),
    refused: verdicts.flatMap(verdict => verdict.refused ?? []),
    warnings: verdicts.flatMap(verdict => verdict.warnings ?? []),
  };
}

type Part = { readonly refused?: string[]; readonly warnings?: string[] };

function serverName(fields: Fields): string {
  // Valkey keeps redis_version at 7.2.4 for the sake of clients.
  if (fields['valkey_version']) return `Valkey ${fields['valkey_version']}`;
  if (fields['dragonfly_version']) return `Dragonfly ${fields['dragonfly_version']}`;
  return `Redis ${fields['redis_version'] ?? '(version unknown)'}`;
}

function judgeVersion(fields: Fields): Part {
  const name = serverName(fields);
  if (name.startsWith('Valkey')) return {};
  if (name.startsWith('Dragonfly')) return { warnings: [`${name} is untested: use Redis or Valkey`] };
  const version = fields['redis_version'];
  if (version === undefined) return { warnings: ['the server does not tell its version'] };
  if (isOlder(version, MINIMUM)) return { refused: [`${name} is too old: at least ${MINIMUM} is needed`] };
  if (isOlder(version, RECOMMENDED)) return { warnings: [`${name} is old: ${RECOMMENDED} or newer is recommended`] };
  return {};
}

function judgeKind(fields: Fields): Part {
  const refused: string[] = [];
  if (fields['role'] === 'slave') refused.push('it is a read-only replica: connect to its master, or through Sentinel');
  if (fields['redis_mode'] === 'cluster') {
    refused.push(
      'it is a node of a Redis Cluster, which spreads keys that belong together: use a single server or Sentinel',
    );
  }
  if (fields['redis_mode'] === 'sentinel') {
    refused.push('it is a Sentinel itself: use a redis+sentinel:// URL');
  }
  return { refused };
}

function judgeEviction(fields: Fields): Part {
  const policy = fields['maxmemory_policy'];
  if (policy === undefined || policy === 'noeviction') return {};
  const text = `maxmemory-policy is ${policy}`;
  if (policy.startsWith('volatile')) {
    return { warnings: [`${text}: it may drop the locks of running jobs; set noeviction`] };
  }
  return { refused: [`${text}: it may drop jobs and the journal; set noeviction`] };
}

function judgeDurability(fields: Fields): Part {
  // A Sentinel has no INFO persistence.
  if (fields['aof_enabled'] === undefined) return {};
  if (fields['aof_enabled'] !== '1') {
    return {
      warnings: ['appendonly is off: a crash of Redis loses acknowledged work; set appendonly yes, appendfsync always'],
    };
  }
  const fsync = fields['appendfsync'];
  if (fsync === 'always') return {};
  if (fsync === undefined) return { warnings: ['appendfsync cannot be read here: it should be always'] };
  return { warnings: [`appendfsync is ${fsync}: a power cut loses acknowledged work; set appendfsync always`] };
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map(text => text.split('.').map(part => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
