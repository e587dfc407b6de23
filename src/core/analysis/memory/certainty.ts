/** How a number came about. */
export type Certainty = 'measured' | 'computed' | 'at most' | 'at least' | 'estimated'
