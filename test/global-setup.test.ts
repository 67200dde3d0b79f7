import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TestProject } from 'vitest/node'
import setup from './global-setup.ts'

const provided = vi.fn()
const project = { provide: provided } as unknown as TestProject

beforeEach(() => {
  vi.stubEnv('PATH', '')
  vi.stubEnv('CI', undefined)
  vi.stubEnv('LAUREL_REQUIRE_DYNAMODB', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  provided.mockReset()
})

test('without Java the run says before and after that DynamoDB was left out', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  const teardown = await setup(project)
  expect(said).toHaveBeenCalledTimes(1)
  await teardown()
  expect(said).toHaveBeenCalledTimes(2)
  for (const [text] of said.mock.calls) expect(text).toMatch(/LEFT OUT.*\n.*\n.*\n/)
  expect(provided.mock.calls).toEqual([['dynamoDBEndpoint', null]])
})

test.each(['CI', 'LAUREL_REQUIRE_DYNAMODB'])('without Java the run fails where %s is set', async (name) => {
  vi.stubEnv(name, '1')
  await expect(setup(project)).rejects.toThrow('no Java')
})
