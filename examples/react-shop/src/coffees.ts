/** What the shop sells. */
export interface Coffee {
  readonly key: string
  readonly name: string
  readonly origin: string
  readonly notes: string
  /** In whole euros. */
  readonly price: number
  readonly art: 'sun' | 'hills' | 'waves' | 'moon'
  readonly colours: Colours
}

export interface Colours {
  readonly bag: string
  readonly shade: string
  readonly tint: string
}

export const COFFEES: readonly [Coffee, Coffee, Coffee, Coffee] = [
  {
    key: 'first-ferry',
    name: 'First Ferry',
    origin: 'Huehuetenango, Guatemala',
    notes: 'Cocoa, orange peel, toffee',
    price: 14,
    art: 'waves',
    colours: { bag: '#2f6f7e', shade: '#23545f', tint: '#dbe8e6' },
  },
  {
    key: 'low-sun',
    name: 'Low Sun',
    origin: 'Yirgacheffe, Ethiopia',
    notes: 'Apricot, jasmine, honey',
    price: 16,
    art: 'sun',
    colours: { bag: '#e0673f', shade: '#b94b28', tint: '#f8e0d2' },
  },
  {
    key: 'far-hills',
    name: 'Far Hills',
    origin: 'Huila, Colombia',
    notes: 'Red apple, caramel, almond',
    price: 15,
    art: 'hills',
    colours: { bag: '#d9a441', shade: '#b5832a', tint: '#f6e9c9' },
  },
  {
    key: 'night-watch',
    name: 'Night Watch',
    origin: 'Sidamo, Ethiopia, decaffeinated',
    notes: 'Dark chocolate, fig, clove',
    price: 15,
    art: 'moon',
    colours: { bag: '#2a3550', shade: '#1c2438', tint: '#dfe1ea' },
  },
]
