import { describe, expect, it } from 'vitest';
import { FORM_RULES, fileLengths, undocumented } from '../../helpers/architecture/form-rules.ts';
import { IMPORT_RULES } from '../../helpers/architecture/import-rules.ts';
import { readTree, treeOf } from '../../helpers/architecture/tree.ts';

const tree = readTree();

describe.each([...IMPORT_RULES, ...FORM_RULES])('$name', rule => {
  it('holds in the project', () => {
    expect(rule.find(tree)).toEqual([]);
  });

  it('catches what breaks it', () => {
    expect(rule.find(treeOf(rule.bad))).toHaveLength(1);
  });

  it('lets pass what does not', () => {
    expect(rule.find(treeOf(rule.good))).toEqual([]);
  });
});

describe('doc comments', () => {
  it('stand above at least nine exports in ten', () => {
    const { total, missing } = undocumented(tree);
    expect(total).toBeGreaterThan(0);
    expect(missing.length / total, missing.join('\n')).toBeLessThanOrEqual(0.1);
  });

  it('are missed where there is none', () => {
    const text = '/** Said. */\nexport const a = 1;\n\nexport async function b(): Promise<void> {}\n';
    expect(undocumented(treeOf({ 'shared/domain/a.ts': text }))).toEqual({
      total: 2,
      missing: ['shared/domain/a.ts:4 b'],
    });
  });
});

describe('file sizes', () => {
  it('have a median of at most 80 lines', () => {
    const lengths = fileLengths(tree);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(80);
  });
});
