import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import { uncordonStep } from '../../../services/workers/steps/uncordon/step.ts';
import { WORK_ANNOTATION } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { runToEnd, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});

const node = () => world.cluster.nodes.get('a');
const drained = async () => {
  await runToEnd(world, drainStep);
  world.memory.kept = null;
};
const uncordon = async (more = {}) => (await runToEnd(world, uncordonStep, more)).done;

describe('uncordon', () => {
  it('takes away our cordon and our mark in one write, and frees the host', async () => {
    await drained();
    expect((await uncordon()).proof).toEqual({ uncordoned: true, finalState: 'schedulable' });
    expect(node()).toMatchObject({ unschedulable: false, annotations: {} });
    expect(world.cluster.acts).toEqual(['patch a', 'patch a']);
    expect(world.host.owner).toBeNull();
  });

  it('leaves the cordon of an administrator from before', async () => {
    world.cluster.change('a', { unschedulable: true });
    await drained();
    expect((await uncordon()).proof).toEqual({ uncordoned: false, finalState: 'cordoned by others' });
    expect(node()).toMatchObject({ unschedulable: true, annotations: {} });
  });

  it('leaves a cordon made in between, when our mark is gone', async () => {
    await drained();
    world.cluster.change('a', { annotations: {}, unschedulable: true });
    const { proof, note } = await uncordon();
    expect(proof).toEqual({ uncordoned: false, finalState: 'cordoned by others' });
    expect(note).toContain('not ours');
    expect(node()?.unschedulable).toBe(true);
  });

  it('says so when somebody gave the node back already', async () => {
    await drained();
    world.cluster.change('a', { annotations: {}, unschedulable: false });
    expect(await uncordon()).toMatchObject({
      proof: { uncordoned: false, finalState: 'schedulable' },
      note: 'nothing of ours was on it: schedulable already',
    });
  });

  it('removes the mark when somebody uncordoned and left it', async () => {
    await drained();
    world.cluster.change('a', { unschedulable: false });
    await uncordon();
    expect(node()).toMatchObject({ unschedulable: false, annotations: {} });
  });

  it('leaves the mark of another rollout alone', async () => {
    const mark = JSON.stringify({ installation: 'there', rollout: 'r9', round: 1, epoch: 1, cordonedBefore: false });
    world.cluster.change('a', { unschedulable: true, annotations: { [WORK_ANNOTATION]: mark } });
    expect((await uncordon()).proof).toEqual({ uncordoned: false, finalState: 'marked by others' });
    expect(world.cluster.acts).toEqual([]);
  });

  it('refuses when a later worker has the node', async () => {
    await drained();
    const fence = { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: 0 };
    const failure = failureOf(await uncordon({ fence }).catch((error: unknown) => error));
    expect(failure.code).toBe('superseded');
    expect(node()?.unschedulable).toBe(true);
  });

  it('twice is as good as once: the second remembers what the first did', async () => {
    await drained();
    world.host.trouble = new Error('off');
    await expect(uncordon()).rejects.toThrow('off');
    world.host.trouble = null;
    expect((await uncordon()).proof).toEqual({ uncordoned: true, finalState: 'schedulable' });
  });

  it('changes nothing when the guard refuses', async () => {
    await drained();
    await expect(uncordon({ guard: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    expect(node()?.unschedulable).toBe(true);
  });

  it('outside Kubernetes only frees the host', async () => {
    expect((await uncordon({ cluster: null })).proof.finalState).toBe('not in Kubernetes');
    expect(world.host.calls).toEqual(['disown']);
  });

  it('a Node that is gone has nothing to be taken away', async () => {
    world.cluster.nodes.clear();
    expect((await uncordon()).proof).toEqual({ uncordoned: false, finalState: 'Node is gone' });
  });
});
