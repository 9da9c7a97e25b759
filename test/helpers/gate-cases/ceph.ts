import type { ControlCommand, ControlResult } from '../../../shared/ports/control.ts';
import { GATE_BASE, type GateCase } from './case.ts';

const settings = { ...GATE_BASE, kind: 'ceph', command: 'ceph', noout: false, ignore: [] } as const;
const withNoout = { ...settings, noout: true } as const;
const opens = 'when Ceph is whole again';

type Checks = Readonly<Record<string, string>>;
type Groups = Readonly<Record<string, number>>;

/** Answers written by hand, of the form of Ceph 17. `down`: OSD → host. */
function ceph(checks: Checks, groups: Groups, down: Checks = {}, severity = 'HEALTH_WARN') {
  const codes = Object.entries(checks).map(([code, message]) => {
    return [code, { severity, summary: { message, count: 1 }, muted: false }] as const;
  });
  const status = {
    health: { status: codes.length === 0 ? 'HEALTH_OK' : severity, checks: Object.fromEntries(codes), mutes: [] },
    pgmap: {
      pgs_by_state: Object.entries(groups).map(([state_name, count]) => ({ state_name, count })),
      num_pgs: Object.values(groups).reduce((sum, count) => sum + count, 0),
    },
  };
  const osds = Object.entries(down).map(([name, host], index) => ({
    id: index,
    name,
    host,
    type: 'osd',
    status: 'down',
  }));
  const hosts = osds.map(({ id, host }) => ({ id: -2 - id, name: host, type: 'host', children: [id] }));
  const up = { id: 99, name: 'osd.99', type: 'osd', status: 'up' };
  const tree = { nodes: [{ id: -1, name: 'default', type: 'root', children: [] }, ...hosts, ...osds, up], stray: [] };
  return ({ text }: ControlCommand): ControlResult => {
    const json = text === 'ceph status --format json' ? status : tree;
    return { exitCode: 0, output: `Defaulted container "tools"\n\n${JSON.stringify(json)}\n` };
  };
}

const CLEAN = { 'active+clean': 30, 'active+clean+scrubbing+deep': 3 };
const DEGRADED = { 'active+clean': 20, 'active+undersized+degraded': 13 };
const OSD_DOWN = { OSD_DOWN: '1 osds down', PG_DEGRADED: 'Degraded data redundancy' };

/** Ceph, by what its command prints. */
export const CEPH_CASES: readonly GateCase[] = [
  { name: 'all is well', settings, run: ceph({}, CLEAN), says: 'open' },
  {
    name: 'an OSD is down',
    settings,
    run: ceph(OSD_DOWN, DEGRADED, { 'osd.1': 'n2' }),
    says: {
      reasons: [
        'OSD_DOWN: 1 osds down',
        'PG_DEGRADED: Degraded data redundancy',
        'placement groups: 13 active+undersized+degraded',
      ],
      opens,
    },
  },
  {
    name: 'before the reboot: OSDs of the drained node are down',
    settings,
    moment: 'reboot',
    run: ceph({ ...OSD_DOWN, MON_DOWN: '1/3 mons down' }, DEGRADED, { 'osd.1': 'n1' }),
    says: 'open',
  },
  {
    name: 'before the reboot: an OSD of another node is down, too',
    settings,
    moment: 'reboot',
    run: ceph(OSD_DOWN, CLEAN, { 'osd.1': 'n1', 'osd.2': 'n2' }),
    says: { reasons: ['OSD_DOWN: 1 osds down', 'PG_DEGRADED: Degraded data redundancy'], opens },
  },
  {
    name: 'before the reboot: placement groups do not serve',
    settings,
    moment: 'reboot',
    run: ceph(OSD_DOWN, { ...DEGRADED, 'undersized+degraded+peered': 1 }, { 'osd.1': 'n1' }),
    says: { reasons: ['placement groups: 1 undersized+degraded+peered'], opens },
  },
  {
    name: 'noout, which is ours to set',
    settings: withNoout,
    run: ceph({ OSDMAP_FLAGS: 'noout flag(s) set' }, CLEAN),
    says: 'open',
  },
  {
    name: 'noout, which is not',
    settings,
    run: ceph({ OSDMAP_FLAGS: 'noout flag(s) set' }, CLEAN),
    says: { reasons: ['OSDMAP_FLAGS: noout flag(s) set'], opens },
  },
  {
    name: 'noout and another flag',
    settings: withNoout,
    run: ceph({ OSDMAP_FLAGS: 'noout,norebalance flag(s) set' }, CLEAN),
    says: { reasons: ['OSDMAP_FLAGS: noout,norebalance flag(s) set'], opens },
  },
  {
    name: 'a warning that does not count',
    settings: { ...settings, ignore: ['RECENT_CRASH'] },
    run: ceph({ RECENT_CRASH: '1 daemons have recently crashed' }, CLEAN),
    says: 'open',
  },
  {
    name: 'an error of that code',
    settings: { ...settings, ignore: ['RECENT_CRASH'] },
    run: ceph({ RECENT_CRASH: 'all gone' }, CLEAN, {}, 'HEALTH_ERR'),
    says: { reasons: ['RECENT_CRASH: all gone'], opens },
  },
  {
    name: 'healthy by its word, with placement groups that are not',
    settings,
    run: ceph({}, { 'active+clean': 3, 'active+clean+inconsistent': 1, 'active+remapped': 1 }),
    says: { reasons: ['placement groups: 1 active+clean+inconsistent, 1 active+remapped'], opens },
  },
  {
    name: 'no Ceph to be reached',
    settings,
    run: () => ({ exitCode: 1, output: 'Error: no pods\n' }),
    says: { throws: 'ceph status --format json: exit code 1: Error: no pods' },
  },
  { name: 'no JSON', settings, run: () => ({ exitCode: 0, output: 'HEALTH_OK' }), says: { throws: 'no line of JSON' } },
  {
    name: 'other JSON',
    settings,
    run: () => ({ exitCode: 0, output: '{}' }),
    says: { throws: 'health is not an object' },
  },
];
