import { claimImplementations } from './claims.ts'
import type { Implementation } from './context.ts'

/** What tills, members and staff may do where something did not satisfy. */
export const careImplementations: readonly Implementation[] = [...claimImplementations]
