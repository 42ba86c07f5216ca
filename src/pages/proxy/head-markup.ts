/** The elements of ours that stand at the script's place. Pure ASCII, so that no charset can change them. */
import type { ScriptText } from '../../base/script-text.ts'
import { decisionsElement } from '../../protocol/decisions-script.ts'
import type { DomEdit } from '../plan/page.ts'

export interface HeadParts {
  /** As `styleText` makes it; empty for none. */
  readonly style: string
  readonly styleNonce: string | null
  readonly scripts: readonly ScriptText[]
  readonly scriptNonce: string | null
  /** As `handoffText` makes it; `null` for none. */
  readonly handoff: ScriptText | null
  /** JSON that somebody wants to look at, which is not run; `null` for none. */
  readonly debug: ScriptText | null
}

/** The markup, or an empty text where there is nothing to put in. */
export function headMarkup({ style, styleNonce, scripts, scriptNonce, handoff, debug }: HeadParts): string {
  return [
    style === '' ? '' : `<style data-turnout${nonceAttribute(styleNonce)}>${style}</style>`,
    ...scripts.map((script) => `<script data-turnout${nonceAttribute(scriptNonce)}>${script}</script>`),
    handoff === null ? '' : decisionsElement(handoff),
    debug === null ? '' : `<script type="application/json" data-turnout="debug">${debug}</script>`,
  ].join('')
}

/** CSS as it stands in a `<style>`: ASCII with `\n` line ends. The datafile was refused if it could close the element. */
export function styleText(css: string): string {
  return css
    .replace(/\r\n?/g, '\n')
    .replace(/[^\n\t\x20-\x7e]/gu, (character) => `\\${(character.codePointAt(0) ?? 0).toString(16)} `)
}

/** Edits of `style` as rules, for a page whose policy forbids the attribute. */
export function styleRules(edits: readonly DomEdit[]): string {
  return edits.map(ruleOf).join('')
}

function ruleOf({ selector, operation }: DomEdit): string {
  if (operation.kind !== 'style') return ''
  const declarations = operation.declarations.map(([property, value]) => `${property}:${important(value)}`)
  return `${selector}{${declarations.join(';')}}`
}

/** An attribute outdoes every rule that is not important, so the rule that stands in for it is. */
function important(value: string): string {
  return /!\s*important\s*$/i.test(value) ? value : `${value}!important`
}

/** Nonces are of letters that need no escaping: `permit` takes no others. */
function nonceAttribute(nonce: string | null): string {
  return nonce === null ? '' : ` nonce="${nonce}"`
}
