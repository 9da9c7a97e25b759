import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STEPS } from '../../../shared/domain/steps.ts';
import { ROOT } from '../../helpers/architecture/tree.ts';
import { programServices, readCompose } from '../../helpers/compose.ts';

const compose = readCompose();
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it.each(services)('%s runs without root, capabilities and a writable file system', (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(Number(service.user.split(':')[0])).toBeGreaterThan(0);
  });

  it.each(services)('%s names only networks, volumes, secrets and services there are', (_name, service) => {
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(service.networks));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(service.secrets));
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(service.depends_on)));
    const named = service.volumes.map(volume => volume.split(':')[0] ?? '').filter(source => !source.startsWith('.'));
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
  });

  it.each(services)('%s gets its secrets as files it may read', (_name, service) => {
    const entries = Object.entries(service.environment);
    expect(entries.filter(([name]) => /PASSWORD|TOKEN|KEY/.test(name) && !name.endsWith('_FILE'))).toEqual([]);
    const files = entries.filter(([name]) => name.endsWith('_FILE')).map(([, path]) => path);
    expect(service.secrets.map(secret => `/run/secrets/${secret}`)).toEqual(expect.arrayContaining(files));
  });

  it.each(services.filter(([name]) => name !== 'cli'))('%s has a health check', (_name, service) => {
    expect(service.healthcheck).toHaveProperty('test');
  });

  it('keeps acknowledged work: AOF always, no eviction, a volume', () => {
    const redis = compose.services['redis'];
    const command = redis?.command.join(' ');
    for (const setting of ['--appendonly yes', '--appendfsync always', '--maxmemory-policy noeviction']) {
      expect(command).toContain(setting);
    }
    expect(redis?.volumes).toEqual(['redis-data:/data']);
    expect(redis?.networks.map(name => compose.networks[name]?.internal)).toEqual([true]);
  });

  it('has a scheduler, and workers that share out all six steps', () => {
    expect(programServices().filter(([, service]) => service.command[0] === 'scheduler')).toHaveLength(1);
    const steps = programServices()
      .filter(([, service]) => service.command[0] === 'worker')
      .flatMap(([, service]) => service.command[1]?.replace('--steps=', '').split(',') ?? []);
    expect(steps.sort()).toEqual([...STEPS].sort());
  });

  it('publishes the page on the loopback address only', () => {
    const published = services.flatMap(([, service]) => service.ports);
    expect(published).toEqual(['127.0.0.1:8080:8080']);
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const last = text.slice(text.lastIndexOf('\nFROM '));

  it('has a last stage without root, tools and development dependencies', () => {
    expect(text.match(/^FROM /gm)?.length).toBeGreaterThan(1);
    expect(last).toMatch(/^USER node$/m);
    expect(last).not.toMatch(/npm /);
    expect(text).toMatch(/npm ci --omit=dev/);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toMatch(/^ENTRYPOINT \["tini"/m);
  });

  it('copies only what exists and is not left out by .dockerignore', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
    const sources = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(match => match[1]?.split(' ') ?? []);
    expect(sources).toContain('package-lock.json');
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(
        ignored.some(entry => source === entry || source.startsWith(`${entry}/`)),
        source,
      ).toBe(false);
    }
  });
});
