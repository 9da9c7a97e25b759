import { beforeEach, describe, expect, it } from 'vitest';
import { checkRebootStep } from '../../../services/workers/steps/check-reboot/step.ts';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import type { UpgradeMemory } from '../../../services/workers/steps/upgrade/memory.ts';
import { upgradeStep } from '../../../services/workers/steps/upgrade/step.ts';
import { WORK_ANNOTATION, workMarkOf } from '../../../shared/domain/facts.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import { PACKAGE_MANAGERS } from '../../../shared/packages/managers.ts';
import type { DetachedTask } from '../../../shared/ports/host.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { NODE, POLICY, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

const policy = {
  ...POLICY,
  upgrade: upgradePolicy({ manager: 'command', command: 'up' }),
};
let world: StepWorld;
let tasks: DetachedTask[];
/** How the next executions end; when none is left: exit code 0. */
let ends: (number | Error)[];

beforeEach(async () => {
  world = stepWorld();
  tasks = [];
  ends = [];
  world.host.answer = () => ({ exitCode: 0, stdout: '', stderr: '' });
  world.host.runDetached = async task => {
    tasks.push(task);
    const end = ends.shift() ?? 0;
    if (end instanceof Error) throw end;
    return { kind: 'exited', exitCode: end, attached: false, logTail: 'dpkg: error processing package x\n' };
  };
  await cordon(1);
});

const cordon = (epoch: number) =>
  world.cluster.updateNode('a', () => ({
    unschedulable: true,
    annotations: { [WORK_ANNOTATION]: JSON.stringify({ ...world.context().fence, epoch, cordonedBefore: false }) },
  }));
const context = (more = {}) => world.context({ policy, managers: PACKAGE_MANAGERS, ...more }) as never;
const failing = async (run: Promise<unknown>): Promise<Failure> => run.then(() => expect.fail('no failure'), failureOf);
const isCordoned = () => world.cluster.nodes.get('a')?.unschedulable;
const fenceOf = (epoch: number) => ({ ...world.context().fence, epoch });

describe('an upgrade that cannot go on', () => {
  it('after a command that failed: never called untouched, never uncordoned', async () => {
    ends = [100];
    expect(await failing(upgradeStep.run(context()))).toMatchObject({ code: 'packages-upgrade-failed' });
    const said = await upgradeStep.giveUp(context());
    expect(said).toContain('exit code 100: packages may be half upgraded');
    expect(said).not.toContain('nothing on the host');
    expect(isCordoned()).toBe(true);
    expect(world.host.calls).not.toContain('disown');
  });

  it('after the connection was lost at the start of the command: it may run', async () => {
    ends = [fail('host-connection-lost', { message: 'lost' })];
    await failing(upgradeStep.run(context()));
    expect(await upgradeStep.giveUp(context())).toContain('may still run on the host');
    expect(isCordoned()).toBe(true);
  });

  it.each(['before', 'after'])(
    'killed right %s the execution was recorded: never a second one beside it',
    async when => {
      const remember = async (kept: unknown) => {
        if (when === 'after') world.memory.kept = kept;
        throw new Error('killed here');
      };
      await expect(upgradeStep.run(context({ remember }))).rejects.toThrow('killed here');
      expect(tasks).toEqual([]);
      await upgradeStep.run(context());
      expect(tasks.map(task => task.id)).toEqual(['r1-a-1-upgrade-1']);
    },
  );

  it('before any command: gives the node back', async () => {
    world.host.trouble = fail('host-unreachable', { message: 'down' });
    await failing(upgradeStep.run(context()));
    world.host.trouble = null;
    expect(await upgradeStep.giveUp(context())).toContain('nothing on the host was changed');
    expect(isCordoned()).toBe(false);
  });
});

describe('executions', () => {
  it('a recorded success is final; a recorded failure gets a new id; a lost answer the same', async () => {
    ends = [fail('host-connection-lost', { message: 'lost' }), 1, 0];
    for (let attempt = 1; attempt <= 4; attempt += 1) await upgradeStep.run(context({ attempt })).catch(() => {});
    expect(tasks.map(task => task.id.at(-1))).toEqual(['1', '1', '2']);
    expect((world.memory.kept as UpgradeMemory).ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  it('have ids a host takes, however long the name of the node', async () => {
    const name = `${'n'.repeat(60)}.`.repeat(4);
    const long = { ...NODE, name, kubernetes: null };
    await upgradeStep.run(context({ node: long, cluster: null, fence: { ...fenceOf(1), node: name } }));
    expect(tasks[0]?.id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/);
  });
});

describe('an earlier worker that wakes late', () => {
  it('cannot uncordon the node under the upgrade of the next one', async () => {
    await cordon(1);
    ends = [fail('host-connection-lost', { message: 'runs on' })];
    await failing(upgradeStep.run(context({ fence: fenceOf(2) })));
    const late = await upgradeStep.giveUp(context({ fence: fenceOf(1), memory: null }));
    expect(late).toContain('later worker');
    expect(isCordoned()).toBe(true);
    const mark = workMarkOf(world.cluster.nodes.get('a')?.annotations ?? {});
    expect(mark).toMatchObject({ epoch: 2, cordonedBefore: false });
  });
});

describe('later steps that give up', () => {
  const drained = { drained: true, bootId: 'boot-1' } as unknown as Proofs['drain'];
  const ran = { changes: [], exitCode: 0 } as unknown as Proofs['upgrade'];
  const skipped = { changes: [], exitCode: null } as unknown as Proofs['upgrade'];

  it.each([checkRebootStep, rebootStep])(
    '$name: a command that ran counts as a change, though no package shows it',
    async step => {
      const said = await step.giveUp(context({ proofs: { drain: drained, upgrade: ran } }));
      expect(said).not.toContain('nothing was upgraded');
      expect(said).not.toContain('nothing on the host');
      expect(isCordoned()).toBe(true);
    },
  );

  it('reboot: a node on which nothing was changed is given back, and drained anew by a retry', async () => {
    const said = await rebootStep.giveUp(context({ proofs: { drain: drained, upgrade: skipped } }));
    expect(world.memory.kept).toMatchObject({ toldNotSafe: true });
    expect(said).toContain('uncordoned again');
    expect(isCordoned()).toBe(false);
  });

  it('reboot: not once an order was given', async () => {
    world.host.reboot = async () => {
      throw fail('host-connection-lost', { message: 'lost' });
    };
    const check = { needed: true, evidence: [{ check: 'kernel', needed: true, detail: '' }], bootId: 'boot-1' };
    const proofs = { drain: drained, upgrade: skipped, 'check-reboot': check };
    await rebootStep.run(context({ proofs }));
    expect(await rebootStep.giveUp(context({ proofs }))).toContain('a reboot was ordered');
    expect(isCordoned()).toBe(true);
  });
});

describe('an upgrade that would refuse to begin', () => {
  const pendingSays = (stdout: string) => {
    world.host.answer = () => ({ exitCode: 0, stdout, stderr: '' });
    return context({ policy: { ...policy, upgrade: upgradePolicy({ manager: 'apt' }) } });
  };

  it('fails before the drain and before any command, with its own code', async () => {
    const said = 'change\told\t1\t-\nproblem\tpackages-removal-refused\tthe upgrade would remove old\n';
    const asked = pendingSays(said);
    expect(await failing(upgradeStep.run(asked))).toMatchObject({
      code: 'packages-removal-refused',
      message: 'the upgrade would remove old',
      retryable: false,
    });
    expect(tasks).toEqual([]);
  });

  it('tells what was left, with its reason, in the note and in the proof', async () => {
    const done = await upgradeStep.run(pendingSays('left\tprotected\tkubelet\t1.31.2\t1.31.3\n'));
    const left = [{ name: 'kubelet', before: '1.31.2', available: '1.31.3', reason: 'protected' }];
    expect(done).toMatchObject({
      kind: 'done',
      note: expect.stringContaining('left as they are: kubelet 1.31.2 (protected)') as string,
      proof: { left },
    });
  });
});
