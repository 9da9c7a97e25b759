import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { locateBinary, locateServer } from '../../../shared/redis/server/locate.ts';
import { testFolder } from '../../helpers/redis-raw.ts';

/** Stands in for apt: a mirror that has redis-tools and one library. Each call is logged. */
const APT = `#!/bin/sh
for word; do last=$word; case $word in Dir::State::lists=*) lists=\${word#*=};; esac; done
case "$*" in
  --version) ;;
  *--print-uris*redis-tools) echo "'http://x/libx_1_all.deb' libx_1_all.deb 1 SHA256:0"; echo "'http://x/r.deb' redis-tools_7_all.deb 1 SHA256:0";;
  *--print-uris*) echo "E: Unable to locate package $last" >&2; exit 100;;
  *update) [ -e "$0.offline" ] && { echo "W: Failed to fetch" >&2; exit 0; }; touch "$lists/mirror_Packages";;
  *download*) touch libx_1_all.deb redis-tools_7_all.deb;;
esac
`;
/** Stands in for dpkg-deb: the one package holds a program that is a server under a server's name, and needs its library. */
const DPKG_DEB = `#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/lib/x86_64-linux-gnu"
case $2 in
  *libx*) touch "$3/usr/lib/x86_64-linux-gnu/libx.so";;
  *) cat > "$3/usr/bin/redis-check-rdb" <<'END'
#!/bin/sh
case $0 in */redis-server) ;; *) exit 1;; esac
[ -e "$LD_LIBRARY_PATH/libx.so" ] || exit 127
echo "Redis server v=7.0.15 sha=00000000:0 malloc=libc bits=64 build=0"
END
  chmod +x "$3/usr/bin/redis-check-rdb";;
esac
`;

async function machine(): Promise<{ env: NodeJS.ProcessEnv; bin: string; cache: string }> {
  const dir = await testFolder();
  const [bin, cache] = [join(dir, 'bin'), join(dir, 'cache')];
  await mkdir(bin);
  for (const [name, text] of [
    ['apt-get', APT],
    ['dpkg-deb', DPKG_DEB],
  ] as const) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  return {
    env: { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: cache, HOME: dir },
    bin,
    cache: join(cache, 'nodetide'),
  };
}

test('REDIS_URL goes before everything', async () => {
  expect(await locateServer({ REDIS_URL: 'redis://x', PATH: '' })).toEqual({ kind: 'external', url: 'redis://x' });
});

test('a server on PATH is taken, one that does not run is passed over', async () => {
  const { env, bin } = await machine();
  await writeFile(join(bin, 'redis-server'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await writeFile(join(bin, 'valkey-server'), '#!/bin/sh\necho "Valkey server v=8.1.0 sha=0"\n', { mode: 0o755 });
  expect(await locateBinary({ ...env, PATH: `${bin}:/bin` })).toMatchObject({
    path: join(bin, 'valkey-server'),
    flavour: 'valkey',
    version: '8.1.0',
    source: 'path',
  });
});

test('else it is unpacked from packages, once, however many ask at the same time', async () => {
  const { env, cache } = await machine();
  const found = await Promise.all(Array.from({ length: 4 }, () => locateBinary(env)));
  expect(new Set(found.map(binary => binary.path)).size).toBe(1);
  expect(found[0]).toMatchObject({ version: '7.0.15', source: 'packages' });
  // No work folder is left.
  expect(await readdir(cache)).toEqual([expect.stringMatching(/^redis-[A-Za-z0-9.-]+$/)]);
  const said: string[] = [];
  await locateBinary(env, text => said.push(text));
  expect(said).toEqual([]);
});

test('a broken cache is replaced', async () => {
  const { env } = await machine();
  const { path } = await locateBinary(env);
  await rm(join(dirname(path), 'redis-check-rdb'));
  expect(await locateBinary(env)).toMatchObject({ path, version: '7.0.15' });
});

test.each([
  ['without a mirror', async (bin: string) => writeFile(join(bin, 'apt-get.offline'), ''), 'Failed to fetch'],
  ['without apt', async (bin: string) => writeFile(join(bin, 'apt-get'), '#!/bin/sh\nexit 127\n'), 'no apt-get'],
  [
    'where the cache cannot be written',
    async (bin: string) => writeFile(join(dirname(bin), 'cache'), ''),
    'cache folder cannot be written',
  ],
  ['with other packages', async (bin: string) => writeFile(join(bin, 'dpkg-deb'), '#!/bin/sh\n'), 'holds no server'],
])('%s all ways to get a server are told', async (_, spoil, why) => {
  const { env, bin } = await machine();
  await spoil(bin);
  const locating = locateBinary(env);
  for (const text of ['REDIS_URL', 'redis-server or valkey-server on PATH', 'Debian or Ubuntu', why]) {
    await expect(locating).rejects.toMatchObject({
      failure: { code: 'redis-not-found', message: expect.stringContaining(text) },
    });
  }
});
