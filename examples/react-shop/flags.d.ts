// Made by `turnout types` from revision "1" of a datafile. To change it, make it again.
import 'turnout/client'

declare module 'turnout/client' {
  interface FlagTypes {
    checkout: {
      variables: {
        button_text: string
        promise: string
      }
      variations: 'one_page' | 'steps'
    }
    delivery_note: {
      variables: {
        text: string
      }
      variations: 'off' | 'on'
    }
    hero: {
      variables: {
        button_text: string
        headline: string
        lead: string
        mood: string
      }
      variations: 'dawn' | 'day'
    }
  }
}
