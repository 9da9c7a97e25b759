import { describe, expect, it } from 'vitest';
import type { WorldAct, WorldEntry } from '../../../services/simulator/world.ts';
import { type JudgedFleet, judgeWorld } from '../../helpers/world-judge.ts';

const US = { agent: 'kubernetes-client-javascript/2.0.1' };
const waves = [
  { sequences: [1, 4], concurrency: 2 },
  { sequences: [2], concurrency: 1 },
];
const FLEET: JudgedFleet = {
  stages: [['dev'], ['prod']],
  clusters: { dev: { waves, kubernetes: true }, prod: { waves, kubernetes: true } },
};

type Line = readonly [place: string, act: WorldAct, detail?: Readonly<Record<string, unknown>>];

/** `dev/a1`: the node `a1` of dev; its digit is its sequence. */
function entry([place, act, detail]: Line, index: number): WorldEntry {
  const [cluster = '', node = ''] = place.split('/');
  const ours = act === 'cordon' || act === 'uncordon' || act === 'evict' ? US : {};
  const at = new Date(1_700_000_000_000 + index).toISOString();
  return { at, cluster, node, act, sequence: Number(node.slice(-1)), detail: { ...ours, ...detail } };
}

/** Acts of nodes that go through everything together. */
function whole(...nodes: readonly string[]): Line[] {
  const acts: readonly (readonly [WorldAct, object?])[] = [
    ['cordon'],
    ['evict', { uid: 'u' }],
    ['podGone', { uid: 'u' }],
    ['upgrade'],
    ['upgraded'],
    ['reboot', { podsLeft: [] }],
    ['down'],
    ['notReady'],
    ['up'],
    ['ready'],
    ['uncordon'],
  ];
  return acts.flatMap(([act, detail]) => nodes.map((node): Line => [node, act, detail as Record<string, unknown>]));
}

const judge = (...lines: readonly Line[]) => judgeWorld(FLEET, lines.map(entry));
const without = (lines: readonly Line[], ...acts: readonly WorldAct[]) =>
  lines.filter(([, act]) => !acts.includes(act));

describe('judge of worlds', () => {
  it('finds nothing wrong with a good rollout', () => {
    const good = [
      ...whole('dev/a1', 'dev/b4'),
      ...whole('dev/c2'),
      ...whole('prod/a1', 'prod/b1'),
      ...whole('prod/c2'),
    ];
    expect(judge(...good)).toEqual([]);
    expect(judge()).toEqual([]);
  });

  it('sees a wave that begins too early', () => {
    const first = whole('dev/a1');
    expect(judge(...first.slice(0, -1), ...whole('dev/c2'), ...first.slice(-1))).toEqual([
      'dev wave 2 begins before the ones before have ended',
    ]);
    expect(judge(...whole('dev/c2'), ...first)).toEqual(['dev wave 2 begins before the ones before have ended']);
  });

  it('sees too many nodes away', () => {
    expect(judge(...whole('dev/a1', 'dev/b1', 'dev/c4'))).toEqual(['dev wave 1 has 3 nodes away, allowed are 2']);
    const hosts = without(whole('dev/a2', 'dev/b2'), 'cordon', 'uncordon', 'reboot', 'evict');
    expect(judge(...hosts)).toEqual(['dev wave 2 has 2 nodes away, allowed are 1']);
  });

  it('sees reboots without our cordon', () => {
    expect(judge(...without(whole('dev/a1'), 'cordon', 'uncordon'))).toEqual(['dev/a1 is rebooted without our cordon']);
    const others = whole('dev/a1').map(([place, act, detail]): Line => [place, act, { ...detail, agent: 'simulator' }]);
    expect(judge(...others)).toEqual(['dev/a1 is rebooted without our cordon']);
    const late = without(whole('dev/a1'), 'uncordon');
    expect(judge(...late.slice(0, 3), ['dev/a1', 'uncordon'], ...late.slice(3))).toEqual([
      'dev/a1 is rebooted without our cordon',
    ]);
  });

  it('sees reboots with pods left', () => {
    expect(
      judge(['dev/a1', 'cordon'], ['dev/a1', 'reboot', { podsLeft: ['shop/web'] }], ['dev/a1', 'uncordon']),
    ).toEqual(['dev/a1 is rebooted with 1 pods left']);
    const silent: Line[] = [
      ['dev/a1', 'cordon'],
      ['dev/a1', 'evict', { uid: 'u' }],
      ['dev/a1', 'reboot'],
      ['dev/a1', 'podGone', { uid: 'u' }],
      ['dev/a1', 'uncordon'],
    ];
    expect(judge(...silent)).toEqual(['dev/a1 is rebooted with 1 pods left']);
  });

  it('sees second upgrades and reboots', () => {
    expect(judge(...whole('dev/a1'), ...whole('dev/a1'))).toEqual([
      'dev/a1 is upgraded twice',
      'dev/a1 is rebooted twice',
    ]);
  });

  it('sees stages that overlap', () => {
    const dev = whole('dev/a1');
    expect(judge(...dev.slice(0, -1), ['prod/a1', 'upgrade'], ['prod/a1', 'upgraded'], ...dev.slice(-1))).toEqual([
      'stage prod begins before the ones before have ended',
    ]);
  });

  it('sees cordons of ours that stay, and those of others that do not', () => {
    expect(judge(...without(whole('dev/a1'), 'uncordon'))).toEqual(['dev/a1 stays cordoned']);
    expect(judge(['dev/a1', 'cordon', { agent: 'simulator' }])).toEqual([]);
    expect(judge(['dev/a1', 'cordon', { agent: 'simulator' }], ['dev/a1', 'uncordon'])).toEqual([
      'dev/a1 is uncordoned, but the cordon is not ours',
    ]);
  });

  it('sees nodes touched that are in no wave', () => {
    expect(judge(...whole('dev/x9'))).toEqual(['dev/x9 is in no wave and was touched']);
  });
});
