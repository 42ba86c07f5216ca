import type { SiteSettings } from '../../src/pages/proxy/site-settings.ts'

/** What holds where no variable says otherwise. */
export const USUAL_SETTINGS: SiteSettings = {
  isOn: true,
  budgetMs: 50,
  clientNavigation: false,
  handoff: false,
  isSticky: false,
  visitorCookie: 'turnout_visitor',
  cookieDomain: null,
  consentCookie: null,
  previewSecret: null,
  previewNeedsToken: true,
  attributeNames: new Map(),
}
