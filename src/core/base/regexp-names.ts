// The names of character classes that Go's regular expressions know.

/** The names of [[:name:]]. */
export const POSIX_CLASSES: ReadonlySet<string> = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
)

// The names \p{...} knows, after Go's squeezing of the name (first letter upper case, the rest lower,
// no '_', '-' or ' '). Go 1.26 (Unicode 15.0) squeezes the name and not its script table, so scripts
// with two words, \p{Old_Italic} say, are errors there and have to be errors here.
const CATEGORIES = new Set(
  (
    'C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps ' +
    'S Sc Sk Sm So Z Zl Zp Zs Any Assigned Ascii'
  ).split(' '),
)
const CATEGORY_ALIASES = new Map(
  (
    'Lc=LC Casedletter=LC Closepunctuation=Pe Combiningmark=M Connectorpunctuation=Pc Control=Cc ' +
    'Currencysymbol=Sc Dashpunctuation=Pd Decimalnumber=Nd Enclosingmark=Me Finalpunctuation=Pf Format=Cf ' +
    'Initialpunctuation=Pi Letter=L Letternumber=Nl Lineseparator=Zl Lowercaseletter=Ll Mark=M Mathsymbol=Sm ' +
    'Modifierletter=Lm Modifiersymbol=Sk Nonspacingmark=Mn Number=N Openpunctuation=Ps Other=C Otherletter=Lo ' +
    'Othernumber=No Otherpunctuation=Po Othersymbol=So Paragraphseparator=Zp Privateuse=Co Punctuation=P ' +
    'Separator=Z Spaceseparator=Zs Spacingmark=Mc Surrogate=Cs Symbol=S Titlecaseletter=Lt Unassigned=Cn ' +
    'Uppercaseletter=Lu Cntrl=Cc Digit=Nd Punct=P'
  )
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
)
const SCRIPTS = new Set(
  (
    'Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese ' +
    'Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari ' +
    'Dogra Duployan Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han ' +
    'Hangul Hanunoo Hatran Hebrew Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer ' +
    'Khojki Khudawadi Lao Latin Lepcha Limbu Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean ' +
    'Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari Newa Nko Nushu Ogham ' +
    'Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham Sinhala ' +
    'Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan ' +
    'Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi'
  ).split(' '),
)

/** The name re2js knows the table by, '' if Go knows no such table. */
export function unicodeTable(name: string): string {
  const bare = name.replace(/[_\- ]/g, '')
  // ASCII letters only: Go leaves the rest as it is, and no table has any.
  const squeezed = bare.replace(/[A-Za-z]/g, (c, at: number) =>
    at === 0 ? c.toUpperCase() : c.toLowerCase(),
  )
  if (CATEGORIES.has(squeezed) || SCRIPTS.has(squeezed)) return squeezed
  return CATEGORY_ALIASES.get(squeezed) ?? ''
}
