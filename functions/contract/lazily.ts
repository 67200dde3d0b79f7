/**
 * What is made when it is first asked for, and then remembered. The schemas of answers are: they describe the API and are
 * compared with in tests, but no deployed function ever needs one, and to make them all takes milliseconds of a cold start.
 */
// @__NO_SIDE_EFFECTS__
export function lazily<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}
