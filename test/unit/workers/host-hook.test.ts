import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOnHost } from '../../../services/workers/hooks/on-host.ts';
import { StepError } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { LocalExecutor } from '../../../shared/hosts/local/executor.ts';
import { RunnerHost } from '../../../shared/hosts/runner-host.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { systemClock } from '../../../shared/telemetry/clock.ts';
import { hook } from '../../helpers/hooks.ts';

const host = new RunnerHost('a', new LocalExecutor('here', process.env, true));
const on = (run: string, env: Record<string, string> = {}, timeoutMs = 60_000) => {
  const it = hook('h', { when: 'before', of: 'node', on: 'host', run, timeoutMs });
  return runOnHost(host, systemClock, it, env, new AbortController().signal);
};

describe('a hook on a host', () => {
  it('has its variables, and what they hold is never executed', async () => {
    const anyText = fc.string({ unit: 'binary' }).map(text => text.replaceAll('\0', ''));
    const nasty = fc.oneof(
      anyText,
      fc.constantFrom('$(id)`id`\'"\\', '-n', '\n\n', 'ü €', '$NODETIDE_NODE', '; exit 9'),
    );
    await fc.assert(
      fc.asyncProperty(nasty, fc.string(), async (node, reason) => {
        const clean = reason.replaceAll('\0', '');
        const { ok, output } = await on(
          'test "$(printf %s "$NODETIDE_NODE" | od -An -tx1 | tr -d " \\n")" = "$EXPECTED_NODE" && test "$NODETIDE_REASON" = "$AGAIN"',
          {
            NODETIDE_NODE: node,
            NODETIDE_REASON: clean,
            AGAIN: clean,
            EXPECTED_NODE: Buffer.from(node).toString('hex'),
          },
        );
        expect(output).toBe('');
        expect(ok).toBe(true);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('fails with its exit code and the last that it said, without what a terminal would act on', async () => {
    const failed = await on("echo one; printf '\\033[31mno such pool\\007\\n' >&2; exit 3");
    expect(failed).toMatchObject({ ok: false, reason: 'exit code 3: no such pool', output: 'one\nno such pool' });
  });

  it('is ended by its host when its time is over; the same exit code before that is its own', async () => {
    expect(await on('echo begun; exec sleep 60', {}, 1_000)).toMatchObject({
      ok: false,
      reason: 'it did not end within 1 s',
      output: 'begun',
    });
    expect((await on('exit 124')).reason).toBe('exit code 124');
  }, 30_000);

  it('finds nothing to read', async () => {
    expect(await on('cat; echo read')).toMatchObject({ ok: true, output: 'read' });
  });

  it('fails when the host cannot be asked, and ends at once when nobody wants it any more', async () => {
    const hookOnHost = hook('h', { when: 'after', of: 'node', on: 'host' });
    const lost = { run: () => Promise.reject(fail('host-unreachable', { message: 'no route' })) } as unknown as Host;
    const never = new AbortController().signal;
    expect(await runOnHost(lost, systemClock, hookOnHost, {}, never)).toMatchObject({
      ok: false,
      reason: 'host-unreachable: no route',
    });
    const stopped = AbortSignal.abort(new StepError({ code: 'x', message: 'the worker stops', retryable: true }));
    await expect(runOnHost(host, systemClock, hookOnHost, {}, stopped)).rejects.toThrow('the worker stops');
  });
});
