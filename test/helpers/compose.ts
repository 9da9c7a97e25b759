import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from './architecture/tree.ts';

const names = z.array(z.string());
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);

const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.array(z.string()).refine(test => ['CMD', 'CMD-SHELL'].includes(test[0] ?? ''), 'starts with CMD'),
    interval: duration,
    timeout: duration,
    retries: z.int().positive(),
    start_period: duration,
  }),
]);

const service = z.strictObject({
  image: z.string().regex(/^[a-z0-9./-]+:[\w.-]+$/, 'is pinned by a tag'),
  build: z.string().optional(),
  restart: z.enum(['no', 'unless-stopped']),
  read_only: z.boolean(),
  user: z.string().regex(/^\d+:\d+$/, 'is numeric'),
  cap_drop: names,
  security_opt: names,
  tmpfs: names,
  command: names,
  environment: z.record(z.string(), z.string()).default({}),
  secrets: names,
  volumes: names,
  networks: names,
  ports: names.default([]),
  profiles: names.default([]),
  stop_grace_period: duration.optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).default({}),
  healthcheck,
});

/** A service of docker-compose.yml. */
export type ComposeService = z.infer<typeof service>;

/** The part of the Compose format that docker-compose.yml uses; anything else is refused. */
const composeSchema = z.strictObject({
  'x-nodetide': z.unknown(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

/** docker-compose.yml of the project, checked. */
export function readCompose(): z.infer<typeof composeSchema> {
  return composeSchema.parse(parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }));
}

/** The services that run the program, by name; `cli`, which a person starts, is not among them. */
export function programServices(): [string, ComposeService][] {
  return Object.entries(readCompose().services).filter(([name]) => name !== 'redis' && name !== 'cli');
}
