import { storeContract } from './contract.ts'
import { engines } from './engines.ts'

for (const { name, make } of engines) storeContract(name, make)
