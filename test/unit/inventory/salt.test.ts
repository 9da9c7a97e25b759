import { describe, expect, it } from 'vitest';
import type { SaltSource } from '../../../shared/domain/fleet.ts';
import { fromSalt } from '../../../shared/inventory/salt.ts';

const SOURCE: SaltSource = {
  kind: 'salt',
  file: 'grains.json',
  nameGrain: '',
  sequenceGrain: 'orch_seq',
  rolesGrain: 'roles',
  addressGrain: 'ipv4',
  contextGrain: 'context',
  context: 'prod',
  overrides: false,
};

const WEB = {
  web: { orch_seq: 3, roles: ['web', 'edge'], context: 'prod', ipv4: ['127.0.0.1', '10.0.0.1'], motd: 'a "} b' },
};
const DB = {
  db: { orch_seq: '4', roles: 'db', context: ['dev', 'prod'], ipv4: '10.0.0.2', nodename: 'db.example.com' },
};
const OTHER = { other: { orch_seq: 1, context: 'dev', ipv4: ['10.0.0.3'] } };

const HOSTS = [
  { name: 'web', address: '10.0.0.1', sequence: 3, roles: ['web', 'edge'] },
  { name: 'db', address: '10.0.0.2', sequence: 4, roles: ['db'] },
];

const problems = (text: string, source = SOURCE) =>
  fromSalt('prod', source, text).problems.map(each => [each.code, each.node, each.message]);

describe('a file of Salt grains', () => {
  it.each([
    ['of --static', JSON.stringify({ ...WEB, ...DB, ...OTHER }, null, 4)],
    ['of one object a minion over many lines', [WEB, DB, OTHER].map(each => JSON.stringify(each, null, 4)).join('\n')],
    ['of one object a line', [WEB, DB, OTHER].map(each => JSON.stringify(each)).join('\n')],
  ])('%s gives hosts of the context', (_form, text) => {
    expect(fromSalt('prod', SOURCE, text)).toMatchObject({ hosts: HOSTS, problems: [], leftOut: [] });
  });

  it('gives names from a grain where one is told', () => {
    const { hosts } = fromSalt('prod', { ...SOURCE, nameGrain: 'nodename' }, JSON.stringify({ ...WEB, ...DB }));
    expect(hosts.map(host => host.name)).toEqual(['web', 'db.example.com']);
  });

  it('takes all minions without a grain for the context', () => {
    const { hosts } = fromSalt('prod', { ...SOURCE, contextGrain: '' }, JSON.stringify({ ...WEB, ...OTHER }));
    expect(hosts.map(host => host.name)).toEqual(['web', 'other']);
  });

  it('leaves out minions that did not answer', () => {
    const text = JSON.stringify({ ...WEB, gone: false, lost: 'Minion did not return. [No response]' });
    expect(fromSalt('prod', SOURCE, text).leftOut).toEqual([
      { node: 'gone', reason: 'gave no grains, only false' },
      { node: 'lost', reason: 'gave no grains, only "Minion did not return. [No response]"' },
    ]);
  });

  it('names what it cannot use', () => {
    const start = 'grains.json does not hold the JSON of salt grains.items: ';
    const start1 = (text: string) => problems(text)[0]?.[2]?.slice(0, start.length + 7);
    expect(start1('{"a": {}}\n{"b": ')).toBe(`${start}line 2:`);
    expect(start1('No minions matched')).toBe(`${start}line 1:`);
    expect(problems('')).toEqual([['grains-unreadable', undefined, `${start}no minion gave any grains`]]);
    expect(problems(`${JSON.stringify(WEB)}\n${JSON.stringify(WEB)}`)).toEqual([
      ['grains-unreadable', undefined, `${start}line 2: minion web is there twice`],
    ]);
    expect(problems(JSON.stringify(OTHER))).toEqual([
      ['no-minion', undefined, 'no minion in grains.json has context: prod; there are dev'],
    ]);
    expect(problems(JSON.stringify({ web: { ...WEB.web, orch_seq: 'one' } }))).toEqual([
      ['sequence-not-a-number', 'web', 'grain orch_seq of web is "one", which is no sequence; set a whole number'],
    ]);
  });
});
