/**
 * Semantic versions as the SDKs compare them, which is not how semver.org does: a target of fewer parts
 * matches every version that starts with it, and everything after the first `-` or `+` is one part.
 */
export interface SemanticVersion {
  readonly parts: readonly VersionPart[]
  readonly suffix: 'none' | 'prerelease' | 'build'
}

interface VersionPart {
  readonly text: string
  readonly isNumeric: boolean
  /** `NaN` for a part that does not begin with a digit, which compares equal to everything. */
  readonly number: number
}

/** `null` for what is no version: white space, more than three numbers, an empty or non-numeric part. */
export function parseVersion(text: string): SemanticVersion | null {
  if (/\s/.test(text)) return null
  const { numbers, suffix, suffixText } = splitSuffix(text)
  const texts = numbers.split('.')
  if (texts.length > 3 || !texts.every(isDigits)) return null
  if (suffixText !== '') texts.push(suffixText)
  return { parts: texts.map(versionPart), suffix }
}

/** Negative, zero or positive as `version` is before, within or after `target`. */
export function compareVersions(version: SemanticVersion, target: SemanticVersion): number {
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
