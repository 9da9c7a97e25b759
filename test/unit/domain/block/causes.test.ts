import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseBlock } from '../../../../shared/domain/block/analyse.ts';
import { blockLines, blockReason } from '../../../../shared/domain/block/render.ts';
import { foldLines } from '../../../../shared/domain/fold-lines.ts';
import { BLOCK_CASES } from '../../../helpers/block-cases.ts';

describe('causes', () => {
  it.each(BLOCK_CASES)('$name', ({ kind, pod, answer, facts }) => {
    const block = analyseBlock(pod, answer, facts);
    expect(block.cause.kind).toBe(kind);
    expect(block.unblocks.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(block))).toEqual(block);
  });

  it('are told as in the golden file', async () => {
    const parts = BLOCK_CASES.map(({ name, pod, answer, facts }) => {
      const block = analyseBlock(pod, answer, facts);
      return [`# ${name}`, blockReason(block, 0), ...foldLines(blockLines(block), 80)].join('\n');
    });
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'golden/causes.txt'));
  });

  it('are each in the table', () => {
    const kinds = new Set(BLOCK_CASES.map(each => each.kind));
    expect([...kinds].toSorted()).toMatchInlineSnapshot(`
      [
        "budget-free",
        "budget-gone",
        "budget-never",
        "budget-not-observed",
        "forbidden",
        "namespace-terminating",
        "not-known",
        "pod-unhealthy",
        "pods-missing",
        "refused",
        "server-busy",
        "settling",
        "several-budgets",
        "siblings-unhealthy",
        "single-replica",
        "stopping",
        "stuck",
        "webhook",
      ]
    `);
  });
});
