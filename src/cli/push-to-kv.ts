import { EXIT, failure, type Outcome } from './exit.ts'
import type { Push } from './push-over-http.ts'
export async function pushToKv(_push: Push, _options: { config?: string; remote?: boolean }): Promise<Outcome> {
  return failure(EXIT.failed, 'todo')
}
