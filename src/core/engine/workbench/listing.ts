// The source and the instructions of one function: what the page shows beside the weights that it has from the
// profile. Files lie where the program was built or where Go is installed, so a listing is made by whoever can read
// them (the local server, an export) and goes to the page as data.

/** Source of a file, as far as it belongs to the function. */
export interface ListingFile {
  /** As the profile names it. */
  readonly file: string
  /** Number of the first text. */
  readonly first: number
  readonly texts: readonly string[]
  /** Why there is no source; '' if there is. */
  readonly error: string
}

/** A call that was inlined, between the line and an instruction under it. */
export interface ListingCall {
  readonly fn: string
  /** Base name. */
  readonly file: string
  readonly line: number
  /** Source of that line, '' if it cannot be read. */
  readonly text: string
}

export interface ListingInstruction {
  /** Hexadecimal, in the file. */
  readonly address: string
  /** In Go's assembler syntax. */
  readonly text: string
  readonly self: number
  readonly total: number
  /** Innermost place: base name of the file, '' and 0 if unknown. */
  readonly file: string
  readonly line: number
  /** It does not follow the one in front of it. */
  readonly block: boolean
  /** Outermost first. */
  readonly calls: readonly ListingCall[]
}

/** A line with the instructions that it became. */
export interface ListingCode {
  readonly file: string
  readonly line: number
  readonly instructions: readonly ListingInstruction[]
}

/** A symbol with all its instructions, in order of address. */
export interface ListingSymbol {
  readonly name: string
  readonly self: number
  readonly total: number
  readonly instructions: readonly Omit<ListingInstruction, 'block' | 'calls'>[]
  /** Instructions that were left out at the end. */
  readonly left: number
}

export interface Listing {
  readonly schema: 'goscope.listing/1'
  readonly fn: string
  readonly files: readonly ListingFile[]
  readonly code: readonly ListingCode[]
  readonly symbols: readonly ListingSymbol[]
  /** Why there are no instructions; '' if there are, or nobody asked. */
  readonly codeError: string
  /** Where files were looked for that were not found, and the like. */
  readonly remarks: readonly string[]
}

/** Listings that a page brings along, by the name of the function. */
export type ListingBook = Readonly<Record<string, Listing>>

export interface ListingWish {
  readonly fn: string
  /** Instructions as well: needs the executable. */
  readonly code: boolean
}
