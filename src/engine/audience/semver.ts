/**
 * Semantic versions as the SDKs compare them, which is not how semver.org does: a target of fewer parts
 * matches every version that starts with it, and everything after the first `-` or `+` is one part.
 */
interface SemanticVersion {
  readonly parts: readonly VersionPart[]
  readonly suffix: 'none' | 'prerelease' | 'build'
}

interface VersionPart {
  readonly text: string
  readonly isNumeric: boolean
  /** `NaN` for a part that does not begin with a digit, which compares equal to everything. */
  readonly number: number
}

/** Negative, zero or positive as a version is before, within or after the target; `null` for what is no version. */
export type VersionOrder = (version: string) => number | null

/** Prepares a target for comparisons; `null` for what is no version. */
export function versionOrder(target: string): VersionOrder | null {
  const parsedTarget = parseVersion(target)
  if (parsedTarget === null) return null
  const numbers = parsedTarget.suffix === 'none' ? parsedTarget.parts.map(({ number }) => number) : null
  return (version) => {
    const order = numbers === null ? undefined : compareNumerals(version, numbers)
    if (order !== undefined) return order
    const parsed = parseVersion(version)
    return parsed === null ? null : compareVersions(parsed, parsedTarget)
  }
}

const ZERO = 0x30
/** So many digits are exact as a number. */
const EXACT_DIGITS = 15

/** The order of a version of up to three numbers against such a target, without parsing; `undefined` for other texts. */
function compareNumerals(text: string, target: readonly number[]): number | undefined {
  let order = 0
  let parts = 0
  for (let start = 0; start <= text.length; parts++) {
    const dot = text.indexOf('.', start)
    const end = dot === -1 ? text.length : dot
    const number = numberBetween(text, start, end)
    if (number === null || parts === 3) return undefined
    if (order === 0) order = number - (target[parts] ?? number)
    start = end + 1
  }
  return order === 0 && parts < target.length ? -1 : order
}

function numberBetween(text: string, start: number, end: number): number | null {
  if (start === end || end - start > EXACT_DIGITS) return null
  let number = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (digit < 0 || digit > 9) return null
    number = number * 10 + digit
  }
  return number
}

/** `null` for what is no version: white space, more than three numbers, an empty or non-numeric part. */
function parseVersion(text: string): SemanticVersion | null {
  if (/\s/.test(text)) return null
  const { numbers, suffix, suffixText } = splitSuffix(text)
  const texts = numbers.split('.')
  if (texts.length > 3 || !texts.every(isDigits)) return null
  if (suffixText !== '') texts.push(suffixText)
  return { parts: texts.map(versionPart), suffix }
}

function compareVersions(version: SemanticVersion, target: SemanticVersion): number {
  for (const [index, targetPart] of target.parts.entries()) {
    const part = version.parts[index]
    if (part === undefined) return target.suffix === 'none' ? -1 : 1
    const order = part.isNumeric ? compareNumbers(part, targetPart) : compareTexts(part, targetPart, version, target)
    if (order !== 0) return order
  }
  return version.suffix === 'prerelease' && target.suffix !== 'prerelease' ? -1 : 0
}

function splitSuffix(text: string): { numbers: string; suffix: SemanticVersion['suffix']; suffixText: string } {
  const at = text.search(/[-+]/)
  if (at === -1) return { numbers: text, suffix: 'none', suffixText: '' }
  const suffix = text[at] === '-' ? 'prerelease' : 'build'
  return { numbers: text.slice(0, at), suffix, suffixText: text.slice(at + 1) }
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text)
}

function versionPart(text: string): VersionPart {
  return { text, isNumeric: isDigits(text), number: Number.parseInt(text, isHexadecimal(text) ? 16 : 10) }
}

/** The SDKs call `parseInt` without a radix, so that the suffix of `1.0.0-0x1f` is the number 31. */
function isHexadecimal(text: string): boolean {
  return /^[-+]?0x/i.test(text)
}

function compareNumbers(part: VersionPart, target: VersionPart): number {
  if (part.number > target.number) return 1
  return part.number < target.number ? -1 : 0
}

/** By code units, except that a prerelease is before a release whatever its letters are. */
function compareTexts(
  part: VersionPart,
  target: VersionPart,
  { suffix }: SemanticVersion,
  { suffix: targetSuffix }: SemanticVersion,
): number {
  if (part.text < target.text) return targetSuffix === 'prerelease' && suffix !== 'prerelease' ? 1 : -1
  if (part.text > target.text) return targetSuffix !== 'prerelease' && suffix === 'prerelease' ? -1 : 1
  return 0
}
