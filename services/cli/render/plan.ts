import {
  type Plan,
  type PlanCluster,
  type PlanNode,
  type PlanWave,
  planNodes,
  policyOf,
} from '../../../shared/domain/plan.ts';
import type { Amount } from '../../../shared/domain/policy.ts';
import { type Paint, painter } from './paint.ts';
import { pad, width as textWidth, wrap } from './text.ts';

/** How wide, and whether with colours. */
export interface PlanView {
  readonly width: number;
  readonly color: boolean;
}

/** The plan for people: stages, clusters, waves, nodes, what each will take, and who is left out and why. */
export function renderPlan(plan: Plan, { width, color }: PlanView): string {
  const paint = painter(color);
  const lines = [heading(plan, paint)];
  for (const [index, stage] of plan.stages.entries()) {
    lines.push('', paint('strong', `Stage ${index + 1} of ${plan.stages.length}: ${stage.name}`));
    for (const cluster of stage.clusters) lines.push(...clusterLines(plan, cluster, width, paint));
  }
  if (planNodes(plan).some(node => node.controlPlane)) lines.push('', paint('dim', '* control plane'));
  return lines.join('\n');
}

function heading(plan: Plan, paint: Paint): string {
  const nodes = count(planNodes(plan).length, 'node');
  const clusters = count(
    plan.stages.reduce((sum, stage) => sum + stage.clusters.length, 0),
    'cluster',
  );
  const stages = count(plan.stages.length, 'stage');
  const budget =
    plan.failureBudget === 0 ? 'stops at the first failure' : `bears ${count(plan.failureBudget, 'failure')}`;
  return `${paint('strong', `Fleet ${plan.fleet}`)}: ${nodes} in ${clusters}, ${stages}; ${budget}`;
}

function clusterLines(plan: Plan, cluster: PlanCluster, width: number, paint: Paint): string[] {
  const planned = cluster.waves.reduce((sum, wave) => sum + wave.nodes.length, 0);
  const away = `at most ${amountText(cluster.policy.maxUnavailable)} away`;
  const where = cluster.kubernetes === null ? ', no Kubernetes' : '';
  const lines = [
    `  Cluster ${paint('strong', cluster.name)}: ${planned} of ${count(cluster.size, 'node')}, ${away}${where}`,
  ];
  for (const wave of cluster.waves) lines.push(...waveLines(plan, cluster, wave, width, paint));
  if (cluster.leftOut.length > 0) lines.push(`    Left out: ${count(cluster.leftOut.length, 'node')}`);
  return [...lines, ...leftOutLines(cluster, width, paint)];
}

function waveLines(plan: Plan, cluster: PlanCluster, wave: PlanWave, width: number, paint: Paint): string[] {
  const place = `Wave ${wave.index + 1} of ${cluster.waves.length}`;
  const sequences = wave.sequences.length === 0 ? 'without a sequence' : `sequence ${wave.sequences.join(', ')}`;
  const pace = wave.concurrency === 1 ? 'one at a time' : `${wave.concurrency} at a time`;
  const title = `    ${place}, ${sequences}: ${count(wave.nodes.length, 'node')}, ${pace}`;
  const columns = columnsOf(cluster, width);
  return [title, ...wave.nodes.flatMap(node => nodeLines(plan, node, columns, width, paint))];
}

interface Columns {
  readonly name: number;
  readonly sequence: number;
  readonly roles: number;
  /** 0: no room for it. */
  readonly address: number;
  /** Whether every step is named. */
  readonly wide: boolean;
}

/** The same columns over all waves of a cluster. */
function columnsOf(cluster: PlanCluster, width: number): Columns {
  const nodes = cluster.waves.flatMap(wave => wave.nodes);
  const widest = (text: (node: PlanNode) => string, most: number) =>
    Math.min(most, Math.max(...nodes.map(node => textWidth(text(node)))));
  const wide = width >= 120;
  return {
    name: widest(node => node.name, wide ? 40 : 26),
    sequence: widest(sequenceText, 10),
    roles: widest(rolesText, wide ? 24 : 16),
    address: wide ? widest(addressText, 28) : 0,
    wide,
  };
}

function nodeLines(plan: Plan, node: PlanNode, columns: Columns, width: number, paint: Paint): string[] {
  const { name, sequence, roles, address } = columns;
  const cells = [pad(node.name, name), pad(sequenceText(node), sequence, 'right'), pad(rolesText(node), roles)];
  if (address > 0) cells.push(pad(addressText(node), address));
  const mark = node.controlPlane ? paint('warn', '*') : ' ';
  const start = `    ${mark} ${cells.join('  ')}  `;
  const indent =
    6 + [name, sequence, roles, ...(address > 0 ? [address] : [])].reduce((sum, each) => sum + each + 2, 0);
  const [first = '', ...more] = wrap(stepsText(plan, node, columns.wide), Math.max(20, width - indent));
  return [`${start}${first}`.trimEnd(), ...more.map(each => `${' '.repeat(indent)}${each}`)];
}

/** The steps that will be taken, in order, and why others will not. */
function stepsText(plan: Plan, node: PlanNode, wide: boolean): string {
  const taken = node.steps.filter(each => each.skip === undefined).map(each => each.step);
  const reasons = new Map<string, string[]>();
  for (const { step, skip } of node.steps) {
    if (skip !== undefined) reasons.set(skip, [...(reasons.get(skip) ?? []), step]);
  }
  const skipped = [...reasons].map(([reason, steps]) => `no ${steps.join(', ')}: ${reason}`);
  const all = taken.length === node.steps.length;
  const conditions = conditionsText(plan, node);
  return [all && !wide ? 'all steps' : taken.join(' '), ...skipped, ...conditions].join('; ');
}

/** What decides only at the node's turn whether a step does anything. */
function conditionsText(plan: Plan, node: PlanNode): string[] {
  const { drain, reboot } = policyOf(plan, node);
  const conditions: string[] = [];
  if (node.kubernetes && drain.when !== 'always') conditions.push(`drain ${drain.when}`);
  if (reboot.when === 'always') conditions.push('reboot always');
  return conditions.map(each => each.replace('if-work', 'if there is work').replace('if-reboot', 'only to reboot'));
}

/** Left-out nodes with the same reason in one entry. */
function leftOutLines(cluster: PlanCluster, width: number, paint: Paint): string[] {
  const byReason = new Map<string, string[]>();
  for (const { node, reason } of cluster.leftOut) byReason.set(reason, [...(byReason.get(reason) ?? []), node]);
  return [...byReason].flatMap(([reason, nodes]) => {
    const lines = wrap(`${nodes.join(', ')}: ${reason}`, Math.max(20, width - 6));
    return lines.map((line, index) => paint('dim', `      ${index === 0 ? '' : '  '}${line}`));
  });
}

function amountText(amount: Amount): string {
  return amount.kind === 'number' ? String(amount.value) : `${amount.value}%`;
}

function sequenceText(node: PlanNode): string {
  return node.sequence === null ? '-' : String(node.sequence);
}

function rolesText(node: PlanNode): string {
  return node.roles.join(',') || '-';
}

function addressText({ host }: PlanNode): string {
  const address = host.address.includes(':') ? `[${host.address}]` : host.address;
  return host.port === 22 ? host.address : `${address}:${host.port}`;
}

function count(value: number, word: string): string {
  return `${value} ${word}${value === 1 ? '' : 's'}`;
}
