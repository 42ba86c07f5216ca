import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { types } from '../../src/cli/types.ts'

const FOLDER = fileURLToPath(new URL('../../examples/react-shop/', import.meta.url))

it('the flags that the React shop is typed with are those of its datafile, but for how they are formatted', async () => {
  const { stdout } = await types(join(FOLDER, 'datafiles/react-shop.json'))
  const written = await readFile(join(FOLDER, 'flags.d.ts'), 'utf8')
  expect(unformatted(written)).toBe(unformatted(stdout.join('\n')))
})

function unformatted(code: string): string {
  return code.replaceAll(/["'\s]/g, '')
}
