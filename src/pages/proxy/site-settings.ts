/** What an operator can choose about pages. README.md lists the variables. */
export interface SiteSettings {
  /** `PAGES`: off leaves every page as the origin has it. */
  readonly isOn: boolean
  /** `PAGE_BUDGET_MS`: how long a page waits for its plan once the origin has answered. */
  readonly budgetMs: number
  /** `CLIENT_NAVIGATION`: pages that navigate by themselves ask for the plan of the next URL. */
  readonly clientNavigation: boolean
  /** `HANDOFF`: pages hold the decisions of all flags, unless their own fields say otherwise. */
  readonly handoff: boolean
  /** `STICKY`: whether a cookie keeps a visitor in the variations that they have been given. */
  readonly isSticky: boolean
  /** `VISITOR_COOKIE` */
  readonly visitorCookie: string
  /** `COOKIE_DOMAIN`; `null`: cookies are the host's alone. */
  readonly cookieDomain: string | null
  /** `CONSENT_COOKIE`: `name`, or `name=value`, without which a visitor is left alone; `null`: nobody is asked. */
  readonly consentCookie: string | null
  /** `PREVIEW_SECRET`; `null`: there are no previews. */
  readonly previewSecret: string | null
  /** `PREVIEW_TOKEN`: off lets anybody force a variation. */
  readonly previewNeedsToken: boolean
  /** `ATTRIBUTE_NAMES`: what the datafile calls the attributes that the edge fills in, by our names for them. */
  readonly attributeNames: ReadonlyMap<string, string>
}
