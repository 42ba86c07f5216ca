import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Outcome } from '../../src/cli/exit.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real command in a process of its own, as a shell would. */
export async function runTurnout(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { ADMIN_TOKEN: _admin, TURNOUT_TOKEN: _token, ...inherited } = process.env
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/turnout.ts'), ...args], {
    cwd: ROOT,
    env: { ...inherited, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(''))
  const [exitCode] = await once(child, 'close')
  return { exitCode, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}

/** What a command would print, without a process for it. */
export function endedWith({ exitCode, stdout, stderr }: Outcome): Ended {
  return { exitCode, stdout: printed(stdout), stderr: printed(stderr) }
}

function printed(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** Takes what is to be cleared away: `onTestFinished` does, unless several tests share it. */
export type WhenDone = (clearAway: () => Promise<void>) => void

/** A folder that is gone after the test, or when `whenDone` says. */
export async function temporaryFolder(whenDone: WhenDone = onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-test-'))
  whenDone(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A file of that content, gone after the test. */
export async function temporaryFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}
