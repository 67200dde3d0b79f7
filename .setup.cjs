// Runs before start, test and bench: says at once, on any Node, that Node 24 is not the one in use (see README, "Start").
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Laurel runs on Node 24, which it brings along as the npm package "node", but this is ${process.version}.\n` +
      'That happens when packages were installed with --ignore-scripts. Remove node_modules and run the command again without it.',
  )
  process.exit(1)
}
