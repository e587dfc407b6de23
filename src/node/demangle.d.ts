declare module 'demangle' {
  const library: { demangle(symbol: string): string | null }
  export = library
}
