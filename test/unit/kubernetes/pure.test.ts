import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../shared/kubernetes/lines.ts';
import { leastSkew } from '../../../shared/kubernetes/server.ts';
import { readStatus } from '../../../shared/kubernetes/status.ts';
import { nodeView, podView } from '../../../shared/kubernetes/views.ts';
import { importsOf } from '../../helpers/architecture/parse.ts';
import { readTree } from '../../helpers/architecture/tree.ts';

describe('readStatus', () => {
  it.each([
    ['an object', { message: 'm', reason: 'R' }, { message: 'm', reason: 'R' }],
    ['its JSON text', '{"message":"m","reason":"R"}', { message: 'm', reason: 'R' }],
    ['plain text', '404 page not found\n', { message: '404 page not found', reason: '' }],
    ['nothing', undefined, { message: 'HTTP 404', reason: '' }],
    ['null', null, { message: 'HTTP 404', reason: '' }],
    ['a JSON text that is no object', '7', { message: '7', reason: '' }],
    [
      'fields of other kinds',
      { message: 1, reason: {}, details: { causes: 'x' } },
      { message: 'HTTP 404', causes: [] },
    ],
  ])('reads %s', (_, body, expected) => {
    expect(readStatus(404, body, {})).toMatchObject(expected);
  });

  it('reads Retry-After from the header, else from the details', () => {
    const details = { details: { retryAfterSeconds: 10 } };
    expect(readStatus(429, details, { 'retry-after': '3' }).retryAfterMs).toBe(3_000);
    expect(readStatus(429, details, {}).retryAfterMs).toBe(10_000);
    expect(readStatus(429, {}, {}).retryAfterMs).toBeNull();
  });
});

describe('linesOf', () => {
  it('gives every line once, however the bytes are cut', async () => {
    const line = fc.string({ unit: 'binary', minLength: 1 }).filter(text => text.trim() !== '' && !text.includes('\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        async (lines, sizes) => {
          const bytes = new TextEncoder().encode(lines.join('\n'));
          const stream = new ReadableStream<Uint8Array>({
            start(controller) {
              for (let at = 0, turn = 0; at < bytes.length; turn++) {
                const size = sizes[turn % sizes.length] ?? 1;
                controller.enqueue(bytes.slice(at, at + size));
                at += size;
              }
              controller.close();
            },
          });
          const read: string[] = [];
          for await (const batch of linesOf(stream)) read.push(...batch);
          // A lone surrogate becomes U+FFFD when it is encoded; a byte order mark at the start is eaten when decoded.
          expect(read).toEqual(
            new TextDecoder()
              .decode(bytes)
              .split('\n')
              .filter(text => text.trim() !== ''),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('leastSkew', () => {
  it('is none for a clock that is right, and right to a second for one that is not', () => {
    const times = fc.record({
      sentMs: fc.integer({ min: 0, max: 1e12 }),
      tripMs: fc.integer({ min: 0, max: 2_000 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      skewMs: fc.integer({ min: -1e7, max: 1e7 }),
    });
    fc.assert(
      fc.property(times, ({ sentMs, tripMs, part, skewMs }) => {
        const writtenMs = sentMs + Math.floor(tripMs * part);
        const dateMs = Math.floor((writtenMs + skewMs) / 1000) * 1000;
        const found = leastSkew(dateMs, sentMs, sentMs + tripMs);
        expect(Math.abs(found)).toBeLessThanOrEqual(Math.abs(skewMs));
        expect(Math.abs(found - skewMs)).toBeLessThanOrEqual(tripMs + 1_000);
      }),
    );
  });
});

describe('views', () => {
  const pod = (tolerations: object[]) => podView({ spec: { containers: [], tolerations } }).toleratesCordon;
  it.each<[boolean, object]>([
    [true, { operator: 'Exists' }],
    [true, { operator: 'Exists', effect: 'NoSchedule' }],
    [true, { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
    [true, { key: 'node.kubernetes.io/unschedulable' }],
    [false, { operator: 'Exists', effect: 'NoExecute' }],
    [false, { key: 'node.kubernetes.io/unschedulable', value: 'x' }],
    [false, { key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
    [false, {}],
  ])('a pod tolerates the cordon: %s for %j', (expected, toleration) => {
    expect(pod([toleration])).toBe(expected);
  });

  it('a pod names its claims, those of ephemeral volumes among them', () => {
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
      { name: 'scratch', ephemeral: {} },
      { name: 'tmp', emptyDir: {} },
    ];
    const seen = podView({ metadata: { name: 'db-0' }, spec: { containers: [], volumes, priorityClassName: 'high' } });
    expect(seen).toMatchObject({ claims: ['data-db-0', 'db-0-scratch'], priorityClass: 'high' });
  });

  it('a bare Node object is not Ready and says why', () => {
    expect(nodeView({})).toMatchObject({ ready: false, notReadyReason: 'the Node has no Ready condition', bootId: '' });
    const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'silent' }];
    expect(nodeView({ status: { conditions } })).toMatchObject({ notReadyReason: 'NodeStatusUnknown: silent' });
  });
});

/** The only file that imports the package. */
const CLIENT = 'shared/kubernetes/client.ts';

it('the Kubernetes client is loaded when first used, not when the adapter is imported', () => {
  const eager = readTree()
    .filter(file => file.path.startsWith('shared/kubernetes/') && file.path !== CLIENT)
    .flatMap(file =>
      importsOf(file.path, file.text.replaceAll('import(', 'lazily(')).map(found => ({ ...found, file })),
    )
    .filter(found => (found.specifier === '@kubernetes/client-node' || found.target === CLIENT) && !found.typeOnly);
  expect(eager).toEqual([]);
});
