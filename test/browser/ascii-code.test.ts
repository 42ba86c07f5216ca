import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { asciiCode } from '../../src/pages/browser/ascii-code.ts'

it.each([
  ['a string', '"caf\u00e9 \u{1f600}\u00a0\u2028"'],
  ['a string with an escaped letter', String.raw`'\é \\é \\\é'`],
  ['a template', '`\u00e9$' + '{"\u00fc"}\u00a0\u{1f600}`'],
  ['a regular expression', '"x\u00e9\u{1f600}".replace(/[\u00e9\u{1f600}]+/, "y")'],
  ['a regular expression with the flag u', '"x\u{1f600}".replace(/^x[\u{1f600}]$/u, "y")'],
  ['a name', 'var gr\u00f6\u00dfe = 3; gr\u00f6\u00dfe + 1'],
  ['a property', '({ \u00e4: 5 }).\u00e4'],
  ['a comment', '1 // \u00e9 "\n + 2 /* \u00e9 \u{1f600} \' */'],
  ['a blank that is not ASCII', '1\u00a0+\u3000\ufeff2\f+\v3'],
  ['a line end that is not ASCII', 'var a = 1\u2028var b = 2\u2029a + b'],
  ['a return and a blank', '(function () { return\u00a07 })()'],
  ['line ends of Windows', 'var a = 1\r\nvar b = 2\ra + b'],
])('keeps what code means: %s', (_, code) => {
  expect(asciiCode(code)).toMatch(/^[\n\t -~]*$/)
  expect(runInNewContext(asciiCode(code))).toEqual(runInNewContext(code))
})

it('leaves ASCII as it is', () => {
  const code = 'if (a < b) { c("d\\n", `e`, /[^"]/) } // f'
  expect(asciiCode(code)).toBe(code)
})
