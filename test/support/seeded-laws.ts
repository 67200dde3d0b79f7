import fc from 'fast-check'

/**
 * The seed that the run's laws begin with: chosen once for all, so that one tree of sources gets one verdict and another tree gets other
 * histories. `SEED=n` gives one by hand, `SEED=random` a new one for each law.
 */
const { LAUREL_LAWS_SEED } = process.env
if (LAUREL_LAWS_SEED) fc.configureGlobal({ seed: Number(LAUREL_LAWS_SEED) })
