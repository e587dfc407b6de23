// Shorter names for functions in pictures. Which parts go, for which language, follows google/pprof
// internal/graph ShortenFunctionName.

/** Java: package and arguments. */
const JAVA = /^(?:[a-z]\w*\.)*([A-Z][\w$]*\.(?:<init>|[a-z][\w$]*(?:\$\d+)?))(?:(?:\()|$)/
/** Go: directories of the package path. */
const GO_DIRECTORIES = /^(?:[\w\-.]+\/)+/
/** Go: major version in a module path. */
const GO_VERSION = /^(.*?)\/v(?:[2-9]|[1-9][0-9]+)([./].*)$/
/** C++: namespaces in front of a class; template arguments stay. */
const CPP = /^(?:[_a-zA-Z]\w*::)+(_*[A-Z]\w*::~?[_a-zA-Z]\w*(?:<.*>)?)/
const CPP_ANONYMOUS = /^\(anonymous namespace\)::/

/** Beyond this length a name is not worth (or safe) matching. */
const LONGEST = 1 << 14

/** The function's name without package path, namespaces and arguments. */
export function shortenFunctionName(name: string): string {
  if (name.length > LONGEST) return name
  const f = name.replace(CPP_ANONYMOUS, '').replace(GO_VERSION, '$1$2')
  return withoutDirectories(f) ?? (JAVA.exec(f) ?? CPP.exec(f))?.[1] ?? f
}

/**
 * What follows as many directories as leave `[^.]+\..+`; undefined if none do. As one regular expression
 * it takes the square of the length in time.
 */
function withoutDirectories(f: string): string | undefined {
  const all = GO_DIRECTORIES.exec(f)?.[0].length ?? 0
  for (let from = all; from > 0; from = f.lastIndexOf('/', from - 2) + 1) {
    const dot = f.indexOf('.', from)
    if (dot <= from || dot + 1 === f.length || f[dot + 1] === '\n') continue
    const end = f.indexOf('\n', dot)
    return f.slice(from, end < 0 ? f.length : end)
  }
  return undefined
}
