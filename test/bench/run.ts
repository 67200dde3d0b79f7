import { backtestSpeed } from './backtest.ts'
import { bundleSizes } from './bundles.ts'
import { campaignSpeed } from './campaigns.ts'
import type { Figure } from './figure.ts'
import { importSpeed } from './import.ts'
import { loadingRatio } from './loading.ts'
import { purchaseRates } from './purchases.ts'
import { redemptionRace, redemptionUnits } from './redemptions.ts'
import { roundTrips } from './round-trips.ts'
import { sequenceLaws } from './sequences.ts'
import { settlingScale } from './settling.ts'
import { balanceUnits, millionUnits, purchaseUnits } from './units.ts'

/** `npm run bench [-- NAME …]`: one JSON line a figure; exit 1 where any falls short. */
const benches: { readonly [name: string]: () => Promise<Figure[]> } = {
  purchases: purchaseRates,
  'purchase-units': purchaseUnits,
  'million-units': millionUnits,
  'balance-units': balanceUnits,
  import: importSpeed,
  backtest: backtestSpeed,
  settling: settlingScale,
  campaigns: campaignSpeed,
  redemption: redemptionUnits,
  'redemption-race': redemptionRace,
  sequences: sequenceLaws,
  bundles: bundleSizes,
  loading: loadingRatio,
  'round-trips': roundTrips,
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`)
  process.exit(1)
}
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  for (const figure of await benches[name]!()) {
    console.log(JSON.stringify(figure))
    if (!figure.ok) process.exitCode = 1
  }
}
