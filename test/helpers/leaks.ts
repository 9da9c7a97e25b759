import { afterAll, expect } from 'vitest';

/** Resources whose survival means that a test forgot to close something. The runner's own pipes are there before. */
const WATCHED = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'PipeWrap',
  'PipeServerWrap',
  'ProcessWrap',
  'FSEventWrap',
  'UDPWRAP',
]);

const before = count();

// Hooks of set-up files run after those of the test file, so everything should be closed by now, but for sockets on
// their way out.
afterAll(async () => {
  const deadline = performance.now() + 3_000;
  while (leaked().length > 0 && performance.now() < deadline) {
    await new Promise(resolve => {
      setTimeout(resolve, 25);
    });
  }
  // What ended while we were held up is told of only now.
  await new Promise(resolve => {
    setImmediate(resolve);
  });
  expect(leaked(), 'left open at the end of this test file').toEqual([]);
});

function count(): Map<string, number> {
  const found = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (WATCHED.has(kind)) found.set(kind, (found.get(kind) ?? 0) + 1);
  }
  return found;
}

function leaked(): string[] {
  return [...count()]
    .map(([kind, number]) => ({ kind, more: number - (before.get(kind) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ kind, more }) => `${more} ${kind}`);
}
