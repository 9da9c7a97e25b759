import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { type PlanNode, THIS_MACHINE } from '../../../shared/domain/plan.ts';
import { withLocal } from '../../../shared/hosts/local/connector.ts';
import { LocalExecutor } from '../../../shared/hosts/local/executor.ts';
import type { Host } from '../../../shared/ports/host.ts';

const node = (address: string, profile = THIS_MACHINE): PlanNode => ({
  ...{ name: 'a', cluster: 'dev', sequence: 1, roles: [], controlPlane: false, kubernetes: null },
  host: { address, port: 22, profile },
  ...{ policy: 'p', steps: [] },
});

describe('the machine nodetide runs on', () => {
  it('speaks English, whatever our own language is', async () => {
    const before = process.env['LC_ALL'];
    process.env['LC_ALL'] = 'de_DE.UTF-8';
    try {
      const program = 'printf "%s" "$LC_ALL"; exit\n';
      const { stdout } = await new LocalExecutor('here', undefined, true).execute(
        [],
        program,
        AbortSignal.timeout(20_000),
      );
      expect(stdout.toString()).toBe('C');
    } finally {
      if (before === undefined) delete process.env['LC_ALL'];
      else process.env['LC_ALL'] = before;
    }
  });

  const other = { name: 'over SSH' } as Host;
  const connect = withLocal(() => other, 'here');

  it('is reached without the others; the same host again is the same object', () => {
    const host = connect(node('here'), {});
    expect(host.name).toBe('a');
    expect(connect(node('here'), {})).toBe(host);
    expect(connect(node('localhost'), {})).toBe(host);
    expect(connect(node('here', 'dev'), {})).toBe(other);
  });

  it('is not the one of a plan that was made elsewhere', () => {
    let failure = null;
    try {
      connect(node('there'), {});
    } catch (error) {
      failure = failureOf(error);
    }
    expect(failure).toMatchObject({ code: 'host-not-this-machine', retryable: false });
    expect(failure?.message).toBe('a is the machine there, and this process runs on here');
  });
});
