/** Where Turnout is, to tests. */
export const ORIGIN = 'https://flags.example'
