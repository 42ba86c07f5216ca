/** The Worker, which sits through its waits five times as fast. */
import { hasten } from './hasten.ts'

export * from '../../src/worker.ts'
export { default } from '../../src/worker.ts'

hasten(5)
