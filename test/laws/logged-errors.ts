import { afterEach, beforeEach, vi } from 'vitest'

/** What is logged as an error in each test of a file, in place of the console. */
export function loggedErrors(): readonly string[] {
  const logged: string[] = []
  beforeEach(() => {
    logged.length = 0
    vi.spyOn(console, 'error').mockImplementation((line: unknown) => void logged.push(String(line)))
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  return logged
}
