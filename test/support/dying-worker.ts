/** The Worker, whose isolate is thrown out of a batch of the Queue once, when everything in it has been delivered. */
import worker from '../../src/worker.ts'

export * from '../../src/worker.ts'

let deaths = 0

export default {
  ...worker,
  async queue(batch, env) {
    await worker.queue(batch, env)
    if (deaths++ === 0) throw new Error('This one dies')
  },
} satisfies typeof worker
