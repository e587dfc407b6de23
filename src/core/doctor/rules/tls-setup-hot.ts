import { hotKindRule } from './hot-kind.ts'

export const tlsSetupHot = hotKindRule({
  id: 'tls-setup-hot',
  title: 'TLS is set up again and again',
  docs: 'A handshake costs a signature and a key exchange; loading certificates parses them. Both belong to the start of a connection, or of the program. Much CPU time in them means connections that are not used again, or configurations that are made for each call.',
  reference: 'https://pkg.go.dev/net/http#Transport',
  what: 'sets up TLS (handshakes, certificates)',
  kinds: ['tlsHandshake', 'tlsConfig'],
  cpu: 0.15,
  critical: 0.5,
  explains: { sameCulprit: ['alloc-hot-loop'] },
  why: 'Each new connection shakes hands anew, and each tls.Config of its own has no sessions to resume.',
  remedy: [
    'one http.Client (one http.Transport) for the whole program; read bodies to their end and close them, so that connections can be used again',
    'load certificates and pools once, and share the tls.Config',
    'raise MaxIdleConnsPerHost (2 by default) to the number of calls at once',
  ],
  verify: 'crypto/tls handshakes are gone from the CPU profile of a program that has warmed up',
})
