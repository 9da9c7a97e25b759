import fc from 'fast-check';

const asked = process.env['NODETIDE_TEST_SEED'];

/**
 * The seed of all generated cases, so that two runs over one commit try the same ones. `NODETIDE_TEST_SEED=random`
 * searches elsewhere (a failure names its seed), a number tries that one again.
 */
export const SEED = asked === 'random' ? Date.now() % 2 ** 31 : Number(asked ?? 20_261_122);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
