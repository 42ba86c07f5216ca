import type { PutOutcome } from '../admin/datafile-actions.ts'
import { createKvDatafileActions, type Served } from '../admin/kv-datafile-actions.ts'
import { err, ok, type Result } from '../base/result.ts'
import { unreachable } from '../base/unreachable.ts'
import { EXIT, failure, type Outcome } from './exit.ts'
import { IS_REPOSITORY, usualConfig } from './home.ts'
import { type KvTarget, openLocalKv, openRemoteKv } from './kv-target.ts'
import { isNotInstalled } from './not-installed.ts'
import type { Push } from './push-over-http.ts'
import { describeCounts } from './read-datafile.ts'

export interface KvChoice {
  /** Into the deployed namespace instead of those on this machine. */
  readonly remote?: boolean
  /** The wrangler.toml that binds the namespace. */
  readonly config?: string
}

/** What `npx wrangler dev` and `npm start` of the repository run with: each has a local KV of its own. */
const REPOSITORY_CONFIGS = ['wrangler.toml', 'examples/wrangler.toml']

/** Writes a datafile straight into KV, as the Worker itself would: with its stamp, and the second copy. */
export async function pushToKv(push: Push, choice: KvChoice): Promise<Outcome> {
  const stdout: string[] = []
  for (const open of targetsOf(choice)) {
    const outcome = await pushTo(open, push)
    if (outcome.exitCode !== EXIT.done) return { ...outcome, stdout: [...stdout, ...outcome.stdout] }
    stdout.push(...outcome.stdout)
  }
  return { exitCode: EXIT.done, stdout, stderr: push.datafile.warnings }
}

type OpenTarget = () => Promise<KvTarget>

function targetsOf({ remote, config }: KvChoice): readonly OpenTarget[] {
  if (remote) return [() => openRemoteKv(config ?? usualConfig())]
  if (config === undefined && IS_REPOSITORY) return REPOSITORY_CONFIGS.map((each) => () => openLocalKv(each))
  return [() => openLocalKv(config ?? usualConfig())]
}

async function pushTo(open: OpenTarget, { sdkKey, datafile, force }: Push): Promise<Outcome> {
  const opened = await tryToOpen(open)
  if (!opened.ok) return opened.error
  const { kv, name, maxDatafileBytes, close } = opened.value
  try {
    const actions = createKvDatafileActions({ kv, served: NOBODY, clock: Date.now, maxDatafileBytes })
    return outcomeOf(await actions.put(sdkKey, datafile.bytes, { force }), { sdkKey, name, datafile })
  } finally {
    await close()
  }
}

/** No isolate runs here. */
const NOBODY: Served = { replace: () => {}, revoke: () => {}, stampOf: () => null }

async function tryToOpen(open: OpenTarget): Promise<Result<KvTarget, Outcome>> {
  try {
    return ok(await open())
  } catch (cause) {
    if (isNotInstalled(cause)) return err(failure(EXIT.failed, NO_WRANGLER))
    return err(failure(EXIT.failed, `Cannot open KV: ${cause instanceof Error ? cause.message : String(cause)}`))
  }
}

const NO_WRANGLER =
  'KV is reached with wrangler, which is not installed: npm install --save-dev wrangler. A running Worker is reached without, by --url.'

interface Pushed {
  readonly sdkKey: string
  readonly name: string
  readonly datafile: Push['datafile']
}

function outcomeOf(outcome: PutOutcome, { sdkKey, name, datafile }: Pushed): Outcome {
  switch (outcome.kind) {
    case 'accepted': {
      const same = outcome.unchanged ? ' It was there already.' : ''
      const stdout = [`Pushed ${sdkKey} to ${name}: ${describeCounts(datafile)}.${same}`]
      return { exitCode: EXIT.done, stdout, stderr: [] }
    }
    case 'older':
      return failure(
        EXIT.refused,
        `In ${name} there is a newer revision of ${sdkKey}: ${outcome.storedRevision}, and this is ${outcome.revision}.`,
        'To roll back to this file all the same, push with --force.',
      )
    case 'invalid':
      return failure(
        EXIT.refused,
        ...outcome.issues.map(({ path, expected, found }) => `${path || name}: expected ${expected}, found ${found}`),
      )
    case 'revoked':
      return failure(EXIT.refused, `In ${name} ${sdkKey} was deleted, and what is published does not bring it back.`)
    case 'unavailable':
      return failure(EXIT.failed, `${name}: ${outcome.message}`)
    default:
      return unreachable(outcome)
  }
}
