import { parse } from 'parse5'
import { describe, expect, it } from 'vitest'
import type { DecisionJson } from '../../src/protocol/decision.ts'
import { decisionsScript, handoffOf } from '../../src/protocol/decisions-script.ts'
import type { Handoff } from '../../src/protocol/handoff.ts'

const BREAK_OUTS = [
  '</script>',
  '</SCRIPT\n>',
  '<!--<script>',
  '--><script>alert(1)</script>',
  ']]>',
  '\u2028\u2029',
  '\\u003c/script>',
  '\0\r\n\t"\'`$&<>',
  'é日本😀',
  '\ud800',
  '&lt;/script&gt;',
]

describe('decisions in a page', () => {
  it.each(BREAK_OUTS)('are one element of ASCII that holds what was given: %j', (text) => {
    const handoff = handoffWith(text)
    const markup = decisionsScript(handoff)
    expect(markup).toMatch(/^[\x20-\x7e]*$/)
    const [element, ...others] = elementsOfHead(markup)
    expect(others).toEqual([])
    expect(element?.attributes).toEqual({ type: 'application/json', id: 'turnout-decisions' })
    expect(JSON.parse(element?.text ?? '')).toEqual(handoff)
  })

  it('hold no attribute that JSON has no word for', () => {
    const user = { userId: 'u', attributes: { missing: undefined, plan: 'pro', seen: new Date(0) } }
    const [element] = elementsOfHead(decisionsScript({ user, decisions: [] }))
    expect(JSON.parse(element?.text ?? '')).toEqual({
      user: { userId: 'u', attributes: { plan: 'pro', seen: '1970-01-01T00:00:00.000Z' } },
      decisions: [],
    })
  })

  it('keep a key like __proto__ as a key', () => {
    const attributes = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')
    const [element] = elementsOfHead(decisionsScript({ user: { userId: 'u', attributes }, decisions: [] }))
    expect(element?.text).toContain('"attributes":{"__proto__":{"polluted":true},"constructor":1}')
  })

  it('refuse an attribute that JSON cannot hold', () => {
    const user = { userId: 'u', attributes: { big: 1n } }
    expect(() => decisionsScript({ user, decisions: [] })).toThrow(TypeError)
  })
})

describe('handoffOf', () => {
  const decision: DecisionJson = {
    flagKey: 'checkout',
    enabled: true,
    variationKey: 'on',
    ruleKey: 'rollout',
    variables: { color: 'red' },
    userContext: { userId: 'u', attributes: { plan: 'pro' } },
    reasons: ['because'],
  }

  it('takes the answer of feature=*, without failures, reasons and what is the same for all', () => {
    const failure = { flagKey: 'gone', error: { code: 'unknown_flag', message: 'No such flag.' } }
    expect(handoffOf([failure, decision], { userId: 'u', attributes: { plan: 'pro' } })).toEqual({
      user: { userId: 'u', attributes: { plan: 'pro' } },
      decisions: [
        { flagKey: 'checkout', enabled: true, variationKey: 'on', ruleKey: 'rollout', variables: { color: 'red' } },
      ],
    })
  })

  it('has no attributes where none were given', () => {
    expect(handoffOf([], { userId: 'u' })).toEqual({ user: { userId: 'u', attributes: {} }, decisions: [] })
  })
})

function handoffWith(text: string): Handoff {
  return {
    user: { userId: text, attributes: { [text]: [text] } },
    decisions: [{ flagKey: text, enabled: true, variationKey: text, ruleKey: text, variables: { [text]: text } }],
  }
}

interface HeadElement {
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
}

/** What a browser finds in the head of a page that has this markup there. */
function elementsOfHead(markup: string): readonly HeadElement[] {
  const [root] = parse(`<!doctype html><head>${markup}</head><body>x`).childNodes.filter((node) => 'tagName' in node)
  const head = root?.childNodes[0]
  if (head === undefined || !('childNodes' in head)) return []
  return head.childNodes.map((node) => {
    const [text] = 'childNodes' in node ? node.childNodes : []
    return {
      attributes: Object.fromEntries('attrs' in node ? node.attrs.map(({ name, value }) => [name, value]) : []),
      text: text !== undefined && 'value' in text ? text.value : '',
    }
  })
}
