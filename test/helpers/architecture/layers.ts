/** The adapters: each talks to one thing outside. */
export const ADAPTERS = [
  'queue',
  'journal',
  'redis',
  'kubernetes',
  'hosts',
  'control',
  'cron',
  'probes',
  'packages',
  'notify',
  'telemetry',
] as const;

/** Files of adapters that are pure and may be used by everybody outside the pure layers. */
export const COMMON_FILES: readonly string[] = [
  'shared/cron/croner.ts',
  'shared/hosts/quote.ts',
  'shared/packages/choose.ts',
  'shared/queue/names.ts',
];

/** Where services take adapters into use: a main.ts, or a folder wire/ beside it that main.ts loads when needed. */
export const WIRING = /^services\/[^/]+\/(main\.ts$|wire\/)/;

/** What each folder of shared/ may import besides itself; adapters all have the same answer. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  config: ['domain', 'ports'],
  inventory: ['domain', 'ports'],
  gates: ['domain', 'ports'],
  ...Object.fromEntries(ADAPTERS.map(adapter => [adapter, ['domain', 'ports']])),
};

/** Folders of shared/ that use neither node:* nor libraries. */
export const PURE: readonly string[] = ['domain', 'ports', 'inventory', 'gates'];

/** Where each library is used. A library that is not here is not used. */
export const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  zod: ['shared/config', 'services/api', 'services/simulator', 'services/cli'],
  croner: ['shared/cron'],
  'ical.js': ['shared/config'],
  '@fastify/swagger': ['services/api'],
  'fastify-type-provider-zod': ['services/api'],
  yaml: ['shared/config', 'services/cli', 'services/simulator'],
  '@kubernetes/client-node': ['shared/kubernetes'],
  undici: ['shared/kubernetes'],
  'node-ssh': ['shared/hosts'],
  ssh2: ['shared/hosts', 'services/simulator'],
  'just-bash': ['services/simulator'],
  bullmq: ['shared/queue', 'services/scheduler', 'services/workers', 'services/api'],
  ioredis: ['shared/redis', 'shared/queue', 'shared/journal'],
  pino: ['shared/telemetry'],
  'prom-client': ['shared/telemetry'],
  'bullmq-otel': ['shared/telemetry'],
  '@opentelemetry/api': ['shared/telemetry'],
  '@opentelemetry/resources': ['shared/telemetry'],
  '@opentelemetry/sdk-trace-node': ['shared/telemetry'],
  '@opentelemetry/exporter-trace-otlp-http': ['shared/telemetry'],
  '@slack/webhook': ['shared/notify'],
  nodemailer: ['shared/notify'],
  vite: ['services/ui'],
  preact: ['services/ui'],
  '@preact/signals': ['services/ui'],
  'preact-iso': ['services/ui'],
  fastify: ['services/api', 'services/simulator'],
  '@fastify/compress': ['services/api'],
  '@fastify/cookie': ['services/api'],
  '@fastify/helmet': ['services/api'],
  '@fastify/rate-limit': ['services/api'],
  '@fastify/static': ['services/api'],
  '@bull-board/api': ['services/api'],
  '@bull-board/fastify': ['services/api'],
  '@bull-board/ui': ['services/api'],
  commander: ['services/cli'],
  'string-width': ['services/cli'],
};

/** `shared/x/…` → x; null elsewhere. */
export function sharedFolder(path: string): string | null {
  return /^shared\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** `services/x/…` → x; null elsewhere. */
export function serviceOf(path: string): string | null {
  return /^services\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** `services/workers/steps/x/…` → x; null elsewhere. */
export function stepOf(path: string): string | null {
  return /^services\/workers\/steps\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** The package a specifier belongs to; null for relative imports and node:*. */
export function libraryOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
