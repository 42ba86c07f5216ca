import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GENERATED, generate } from '../../build/page-script.ts'
import { type PageScriptParts, pageScripts } from '../../src/pages/browser/page-script.ts'
import type { CodeEdit, Operation, PageReports, PlannedEdit } from '../../src/pages/plan/page.ts'

const TEXT: Operation = { kind: 'text', text: 'Buy once. Keep forever.' }

function planned(operation: Operation, selector = 'h1', place: PlannedEdit['place'] = 'browser'): PlannedEdit {
  return { edit: { kind: 'dom', id: `${selector} ${operation.kind}`, selector, operation, dependencies: [] }, place }
}

function code(text: string): PlannedEdit {
  return { edit: { kind: 'code', id: text, code: text, dependencies: [] } satisfies CodeEdit, place: 'browser' }
}

function scriptsOf(parts: Partial<PageScriptParts>): readonly string[] {
  return pageScripts({ edits: [], hydrates: false, navigation: null, reporting: null, ...parts })
}

function gzippedBytes(parts: Partial<PageScriptParts>): number {
  return gzipSync(scriptsOf(parts).join(''), { level: 9 }).length
}

it('is made from the code of the page as it is now', async () => {
  expect(await readFile(GENERATED, 'utf8'), 'stale: run node build/page-script.ts').toBe(await generate())
})

const EXPOSURE = { type: 'page-exposure', experimentId: '10420810910', variationId: '10418551353' } as const

function reporting(atOnce: PageReports['atOnce'], selectors: readonly string[]): PageScriptParts['reporting'] {
  const awaiting = selectors.map((selector) => ({
    exposure: EXPOSURE,
    edits: [],
    places: [{ selector }],
    isLate: true,
  }))
  return { eventsPath: '/_turnout/v1/events', reports: { atOnce, awaiting, facts: [], untrusted: [] } }
}

describe('the size of what a page gets, gzipped', () => {
  const edits = [planned(TEXT)]
  const changes = gzipSync(JSON.stringify(edits)).length

  it('is nothing when there is nothing to do', () => {
    expect(scriptsOf({})).toEqual([])
    expect(scriptsOf({ hydrates: true })).toEqual([])
  })

  it('is at most 900 bytes for one text on a page that nobody renders again', () => {
    expect(gzippedBytes({ edits })).toBeLessThanOrEqual(900)
  })

  it('is at most 1,500 bytes over the changes for one text on a page that hydrates', () => {
    expect(gzippedBytes({ edits, hydrates: true }) - changes).toBeLessThanOrEqual(1500)
  })

  it('is at most 1,200 bytes for the companion', () => {
    expect(gzippedBytes({ edits, hydrates: true }) - gzippedBytes({ edits })).toBeLessThanOrEqual(1200)
  })

  it.each<[name: string, parts: Partial<PageScriptParts>, bytes: number]>([
    [
      'an insertion',
      { edits: [planned({ kind: 'insert', position: 'after', html: '<p>x</p>' })], hydrates: true },
      1900,
    ],
    ['code alone', { edits: [code('a()')], hydrates: true }, 800],
    ['code alone, and its report', { edits: [code('a()')], reporting: reporting([EXPOSURE], []) }, 900],
    ['a report alone', { reporting: reporting([EXPOSURE], []) }, 260],
    ['an element that others are shown something at', { reporting: reporting([], ['h1']) }, 920],
    ['client-side navigation, with every operation', { navigation: { planUrl: '/_turnout/v1/page' } }, 3300],
  ])('is known for %s', (_, parts, bytes) => {
    expect(gzippedBytes(parts)).toBeLessThanOrEqual(bytes)
  })
})

describe('what a page gets', () => {
  const hostile: readonly PlannedEdit[] = [
    planned({ kind: 'text', text: '</script><!--<script>\u2028\u00e9\u{1f600}' }, 'h1[title="</script>"]'),
    planned({ kind: 'html', html: '<script>a</script>' }),
    code('a = "\u00e9\u{1f600}"'),
  ]

  it('is ASCII that neither closes its element nor opens a comment', () => {
    for (const script of scriptsOf({ edits: hostile, hydrates: true, navigation: { planUrl: '/</script>' } })) {
      expect(script).toMatch(/^[\n\t -~]*$/)
      expect(script).not.toMatch(/<\/?script|<!--/i)
    }
  })

  it('has a script of its own for each code, before the one that runs it', () => {
    const scripts = scriptsOf({ edits: [code('one()'), planned(TEXT), code('two(')] })
    expect(scripts).toHaveLength(3)
    expect(scripts.map((script) => script.includes('function(){\none()\n}'))).toEqual([true, false, false])
    expect(scripts.map((script) => script.includes('function(){\ntwo(\n}'))).toEqual([false, true, false])
  })

  it('leaves out code that would end its script element, and does the rest', () => {
    expect(scriptsOf({ edits: [code('"</script>"'), planned(TEXT)] })).toHaveLength(1)
  })

  it('has no place, kind or empty list in it, and ids only where an edit asks for them', () => {
    const [script] = scriptsOf({ edits: [planned(TEXT)] })
    expect(script).toContain(
      `[{"selector":"h1","operation":{"kind":"text","text":"Buy once. Keep forever."},"wait":1}]`,
    )
  })

  it.each<[name: string, edit: PlannedEdit, facts: string]>([
    ['attributes', planned({ kind: 'attributes', set: [['a', 'b']] }), '}}'],
    ['an insertion before', planned({ kind: 'insert', position: 'before', html: '' }), '}}'],
    ['an insertion after', planned({ kind: 'insert', position: 'after', html: '' }), '},"wait":1}'],
    ['a child by number', planned(TEXT, 'li:nth-child(2)'), '},"wait":1,"counts":1}'],
    ['a last child', planned(TEXT, 'li:last-child'), '},"wait":2,"counts":1}'],
    ['what has nothing inside', planned(TEXT, 'p:not(:has(b))'), '},"wait":2}'],
    ['a removal by number', planned({ kind: 'remove' }, 'li:first-child'), '},"wait":2,"counts":1}'],
  ])('waits for what it has to: %s', (_, edit, facts) => {
    expect(scriptsOf({ edits: [edit] })[0]?.replaceAll('"set":[["a","b"]]}', '}')).toContain(`${facts}]`)
  })

  it('does not repeat what the edge has made where a second time would hit another element', () => {
    expect(scriptsOf({ edits: [planned({ kind: 'remove' }, 'li:first-child', 'edge')] })[0]).not.toContain(
      'first-child',
    )
  })
})
