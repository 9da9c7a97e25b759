/** Seeds of chaos tests: `NODETIDE_SEEDS=1,2,3` in the environment, else those given. */
export function chaosSeeds(standard: readonly number[]): readonly number[] {
  const named = process.env['NODETIDE_SEEDS'];
  return named === undefined ? standard : named.split(',').map(Number);
}

/** Numbers in [0, 1) that only depend on the words (a seed, a step …): the same words, the same numbers. */
export function seeded(...words: readonly (string | number)[]): () => number {
  let state = 2_166_136_261;
  for (const letter of words.join(' ')) state = Math.imul(state ^ letter.charCodeAt(0), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
