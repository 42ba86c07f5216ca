import { expect, test } from 'vitest'
import { maxDatafileBytesOf } from '../../src/cli/max-datafile-bytes.ts'
import { parseConfig } from '../../src/platform/config.ts'

const DATAFILES = { getWithMetadata: async () => ({ value: null, metadata: null }), put: async () => {} }

test.each([
  ['nothing', {}],
  ['an empty text', { MAX_DATAFILE_BYTES: '' }],
  ['a text', { MAX_DATAFILE_BYTES: '1000' }],
  ['a number', { MAX_DATAFILE_BYTES: 1000 }],
])('the limit is the one of the Worker where it is set to %s', (_, vars) => {
  expect(parseConfig({ ...vars, DATAFILES })).toMatchObject({
    ok: true,
    value: { maxDatafileBytes: maxDatafileBytesOf(vars) },
  })
})

test('a limit that the Worker would not run with is named', () => {
  expect(() => maxDatafileBytesOf({ MAX_DATAFILE_BYTES: '5 MB' })).toThrow(
    'MAX_DATAFILE_BYTES is not a number of bytes: 5 MB',
  )
})
