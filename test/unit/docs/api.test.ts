import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../../services/api/problem.ts';
import { buildServer } from '../../../services/api/server.ts';
import type { ApiDocument } from '../../helpers/api-client.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';
import { ROOT } from '../../helpers/architecture/tree.ts';

const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
const rows = page
  .split('\n')
  .filter(line => line.startsWith('| `'))
  .map(line => line.split('|').map(cell => cell.trim()));

interface CommandSchema {
  readonly properties: Readonly<Record<string, { readonly const?: string }>>;
}

let document: ApiDocument;
beforeAll(async () => {
  const app = await buildServer(partsOf(NO_ROLLOUTS), { host: '127.0.0.1' });
  document = (await app.inject('/api/v1/openapi.json')).json<ApiDocument>();
  await app.close();
});

describe('docs/api.md', () => {
  it('lists every path there is, and no other', () => {
    const listed = rows.flatMap(([, cell]) => /^`((GET|POST|DELETE) \S+)`$/.exec(cell ?? '')?.[1] ?? []);
    const there = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.toSorted()).toEqual(there.toSorted());
  });

  it('lists every command with its fields', () => {
    const { oneOf } = document.components.schemas['CommandInput'] as unknown as { oneOf: CommandSchema[] };
    for (const { properties } of oneOf) {
      const kind = properties['kind']?.const ?? '';
      const row = rows.find(([, cell]) => cell === `\`${kind}\``);
      const fields = [...(row?.[2] ?? '').matchAll(/`(\w+)`/g)].map(match => match[1] ?? '');
      const own = Object.keys(properties).filter(name => name !== 'kind' && name !== 'why');
      expect([kind, [...new Set(fields)]]).toEqual([kind, own]);
    }
  });

  it('lists every problem with its status', () => {
    const listed = rows.filter(([, cell, status]) => /^`[a-z-]+`$/.test(cell ?? '') && /^\d{3}$/.test(status ?? ''));
    const told = Object.fromEntries(listed.map(([, cell = '', status]) => [cell.replaceAll('`', ''), Number(status)]));
    expect(told).toEqual(Object.fromEntries(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status])));
  });

  it('shows only requests to paths there are, with queries they know', () => {
    const asked = [...page.matchAll(/https?:\/\/[\w.]+:7070(\/[^\s'`]*)/g)].map(match => match[1] ?? '');
    expect(asked.length).toBeGreaterThan(4);
    const patterns = Object.keys(document.paths).map(path => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
    const wrong = asked.filter(
      each => each !== '/api/v1' && !patterns.some(path => path.test(each.split('?')[0] ?? '')),
    );
    expect(wrong).toEqual([]);
  });

  it('shows a body that is taken', async () => {
    const body = /-d '(\{.*\})'/.exec(page)?.[1] ?? '';
    const app = await buildServer(partsOf({ ...NO_ROLLOUTS, plan: async () => null }), { host: '127.0.0.1' });
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/api/v1/rollouts/r-1/commands', headers, payload: body });
    // Understood, but there is no such rollout.
    expect(answer.statusCode).toBe(404);
    await app.close();
  });
});
