import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { newKeyPair } from '../../../services/simulator/hosts/start.ts';

it('makes only key pairs that can be read, however many', () => {
  const pairs = Array.from({ length: 1500 }, newKeyPair);
  expect(pairs.filter(pair => ssh2.utils.parseKey(pair.privateText) instanceof Error)).toEqual([]);
});
