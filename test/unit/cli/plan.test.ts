import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderPlan } from '../../../services/cli/render/plan.ts';
import { width as textWidth } from '../../../services/cli/render/text.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { CONTROL_PLANE, nodeView, planOf } from '../../helpers/inventory.ts';

const FLEET = `
fleet: acme
failureBudget: 1
stages: [{name: dev, clusters: [dev]}, {name: production, clusters: [production, edge]}]
defaults:
  ssh: {user: ops}
  waves: [{sequences: [1, 4], concurrency: 2}, {sequences: [2, 5]}]
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    unsequenced: last-wave
    policy: {drain: {when: always}, reboot: {when: never}}
  production:
    kubernetes: {kubeconfig: kubeconfig, context: prod}
    policy: {maxUnavailable: 10%}
    inventory: {sources: [{kind: kubernetes, selector: '!retired'}]}
    roles: {control-plane: {policy: {upgrade: {manager: none}, reboot: {when: always}}}}
  edge:
    kubernetes: none
    inventory: {sources: [{kind: static, nodes: [{name: gateway-1, address: 'fd00::1', port: 2222, sequence: 5, roles: [gateway, dns, ntp]}]}]}
`;

const named = (count: number, make: (index: number) => ReturnType<typeof nodeView>) =>
  Array.from({ length: count }, (_, index) => make(index + 1));

async function samplePlan(): Promise<Plan> {
  const { plan, problems } = await planOf(FLEET, {
    dev: [
      ...named(3, index => nodeView(`cp-${index}`, index, { labels: CONTROL_PLANE })).slice(0, 2),
      nodeView('cp-3', 4, { labels: CONTROL_PLANE }),
      nodeView('w-1', 5),
      nodeView('spare'),
    ],
    production: [
      ...named(3, index => nodeView(`control-plane-${index}.eu-central.example.com`, 1, { labels: CONTROL_PLANE })),
      ...named(12, index =>
        nodeView(`worker-${index}`, (index % 2) + 4, { labels: { 'node-role.kubernetes.io/worker': '' } }),
      ),
      ...named(9, index => nodeView(`retired-${index}`, 1, { labels: { retired: '' } })),
    ],
  });
  if (!plan) throw new Error(JSON.stringify(problems));
  return plan;
}

describe('a plan for people', () => {
  it.each([80, 160])('at %i columns', async width => {
    const shown = renderPlan(await samplePlan(), { width, color: false });
    await expect(`${shown}\n`).toMatchFileSnapshot(`golden/plan-${width}.txt`);
    for (const line of shown.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('says the same with colours', async () => {
    const plan = await samplePlan();
    const coloured = renderPlan(plan, { width: 100, color: true });
    expect(stripVTControlCharacters(coloured)).toBe(renderPlan(plan, { width: 100, color: false }));
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
  });
});
