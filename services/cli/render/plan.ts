import {
  type Plan,
  type PlanCluster,
  type PlanNode,
  type PlanWave,
  planNodes,
  THIS_MACHINE,
} from '../../../shared/domain/plan.ts';
import type { Amount } from '../../../shared/domain/policy.ts';
import { counted } from '../../../shared/domain/text.ts';
import { type Paint, painter } from './paint.ts';
import { hookTexts } from './plan-hooks.ts';
import { waitsText } from './plan-places.ts';
import { type StepLists, stepLists } from './plan-steps.ts';
import { pad, width as textWidth, wrap } from './text.ts';

/** How wide, and whether with colours. */
export interface PlanView {
  readonly width: number;
  readonly color: boolean;
  /** What is known to be due on a node, in a few words. */
  readonly due?: (node: PlanNode) => string;
}

/** The plan for people: stages, clusters, waves, nodes, what each will take, and who is left out and why. */
export function renderPlan(plan: Plan, view: PlanView): string {
  const paint = painter(view.color);
  const lines = [heading(plan, paint)];
  for (const [index, stage] of plan.stages.entries()) {
    lines.push('', paint('strong', `Stage ${index + 1} of ${plan.stages.length}: ${stage.name}${waitsText(stage)}`));
    for (const cluster of stage.clusters) lines.push(...clusterLines(plan, cluster, view, paint));
  }
  if (planNodes(plan).some(node => node.controlPlane)) lines.push('', paint('dim', '* control plane'));
  return lines.join('\n');
}

function heading(plan: Plan, paint: Paint): string {
  const nodes = counted(planNodes(plan).length, 'node');
  const clusters = counted(
    plan.stages.reduce((sum, stage) => sum + stage.clusters.length, 0),
    'cluster',
  );
  const stages = counted(plan.stages.length, 'stage');
  const budget =
    plan.failureBudget === 0 ? 'stops at the first failure' : `bears ${counted(plan.failureBudget, 'failure')}`;
  return `${paint('strong', `Fleet ${plan.fleet}`)}: ${nodes} in ${clusters}, ${stages}; ${budget}`;
}

function clusterLines(plan: Plan, cluster: PlanCluster, view: PlanView, paint: Paint): string[] {
  const { width } = view;
  const planned = cluster.waves.reduce((sum, wave) => sum + wave.nodes.length, 0);
  const { maxUnavailable, maxUnavailablePer } = cluster.policy;
  const per = maxUnavailablePer.map(({ label, max }) => `, ${amountText(max)} per ${label.replace(/^.*\//, '')}`);
  const away = `at most ${amountText(maxUnavailable)} away${per.join('')}`;
  const where = cluster.kubernetes === null ? ', no Kubernetes' : '';
  const title = `  Cluster ${paint('strong', cluster.name)}: ${planned} of ${counted(cluster.size, 'node')}, ${away}${bears(cluster.failureBudget)}${where}${waitsText(cluster)}`;
  const steps = stepLists(plan, cluster);
  const columns = columnsOf(cluster, steps, width);
  const lines = [title, ...legend(steps, width, paint), ...hookLegend(plan, cluster, width, paint)];
  for (const wave of cluster.waves) {
    lines.push(waveTitle(cluster, wave), ...wave.nodes.flatMap(node => nodeLines(node, steps, columns, view, paint)));
  }
  if (cluster.leftOut.length > 0) lines.push(`    Left out: ${counted(cluster.leftOut.length, 'node')}`);
  return [...lines, ...leftOutLines(cluster, width, paint)];
}

/** The step lists once for the cluster; with several, nodes refer to them by letter. */
function legend({ texts }: StepLists, width: number, paint: Paint): string[] {
  return texts.flatMap((text, index) => {
    const name = texts.length === 1 ? 'Steps: ' : `Steps ${letter(index)}: `;
    const lines = wrap(text, Math.max(20, width - 4 - name.length));
    return lines.map((line, row) => paint('dim', `    ${row === 0 ? name : ' '.repeat(name.length)}${line}`));
  });
}

function hookLegend(plan: Plan, cluster: PlanCluster, width: number, paint: Paint): string[] {
  return hookTexts(plan, cluster).flatMap((text, index) => {
    const lines = wrap(text, Math.max(20, width - 11));
    return lines.map((line, row) => paint('dim', `    ${index === 0 && row === 0 ? 'Hooks: ' : '       '}${line}`));
  });
}

function bears(budget: number | undefined): string {
  return budget === undefined ? '' : `, bears ${counted(budget, 'failure')}`;
}

function waveTitle(cluster: PlanCluster, wave: PlanWave): string {
  const place = `Wave ${wave.index + 1} of ${cluster.waves.length}`;
  const sequences = wave.sequences.length === 0 ? 'without a sequence' : `sequence ${wave.sequences.join(', ')}`;
  const pace = wave.concurrency === 1 ? 'one at a time' : `${wave.concurrency} at a time`;
  return `    ${place}, ${sequences}: ${counted(wave.nodes.length, 'node')}, ${pace}${bears(wave.failureBudget)}${waitsText(wave)}`;
}

interface Columns {
  readonly name: number;
  readonly sequence: number;
  readonly roles: number;
  /** 0: no room for it. */
  readonly address: number;
}

/** The same columns over all waves of a cluster; names get what the others leave. */
function columnsOf(cluster: PlanCluster, steps: StepLists, width: number): Columns {
  const nodes = cluster.waves.flatMap(wave => wave.nodes);
  const widest = (text: (node: PlanNode) => string) => Math.max(0, ...nodes.map(node => textWidth(text(node))));
  const sequence = widest(sequenceText);
  const roles = Math.min(widest(rolesText), Math.max(16, Math.floor(width / 4)));
  const name = widest(node => node.name);
  const fixed = 6 + sequence + roles + (steps.texts.length > 1 ? 9 : 0) + 4;
  const address = widest(addressText);
  const roomy = fixed + name + address + 2 <= width;
  return { name: Math.min(name, Math.max(16, width - fixed)), sequence, roles, address: roomy ? address : 0 };
}

function nodeLines(node: PlanNode, steps: StepLists, columns: Columns, view: PlanView, paint: Paint): string[] {
  const cells = [
    pad(node.name, columns.name),
    pad(sequenceText(node), columns.sequence, 'right'),
    pad(rolesText(node), columns.roles),
  ];
  if (columns.address > 0) cells.push(pad(addressText(node), columns.address));
  if (steps.texts.length > 1) cells.push(`steps ${letter(steps.of(node))}`);
  const text = cells.join('  ').trimEnd();
  const start = `    ${node.controlPlane ? paint('warn', '*') : ' '} ${text}`;
  const due = view.due?.(node) ?? '';
  if (due === '') return [start];
  const fits = 6 + textWidth(text) + 2 + textWidth(due) <= view.width;
  if (fits) return [`${start}  ${due}`];
  return [start, ...wrap(due, Math.max(20, view.width - 10)).map(line => `          ${line}`)];
}

/** A to Z, then AA, AB and so on. */
function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
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
  if (host.profile === THIS_MACHINE) return 'local';
  const address = host.address.includes(':') ? `[${host.address}]` : host.address;
  return host.port === 22 ? host.address : `${address}:${host.port}`;
}
