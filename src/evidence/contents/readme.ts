import type { Manifest } from '../manifest.js';

/** README.txt: what the bundle is, for who has never heard of Halflight. Plain characters, lines of 78 at most. */
export function readmeText({ scope, signer, product }: Pick<Manifest, 'scope' | 'signer' | 'product'>): string {
  const about = [
    ...scope.services.map((id) => `service ${id}`),
    ...scope.findings.map((id) => `finding ${id}`),
    ...scope.entries.map((id) => `entry ${id}`),
  ];
  return `EVIDENCE BUNDLE
===============

What the records of an organisation show about its use of AI services.

  Period   from ${scope.from}, until before ${scope.until} (days in ${scope.timezone})
  About    ${about.length === 0 ? 'everything' : about.join('\n           ')}
  People   ${scope.names ? 'by name' : 'by pseudonym; the same person has the same pseudonym throughout'}
  Made by  Halflight ${product}
  Signed   with the key "${signer}"

HOW TO CHECK IT
---------------

You need three things: this archive as you got it, the public key of the
organisation's installation, and the one file halflight-verify.mjs. Get key
and file on another way than this archive; a key that comes with it proves
nothing. On a computer with Node.js 20.19 or later, and nothing else:

  node halflight-verify.mjs BUNDLE.zip --key KEY

It says whether everything is as it was signed, and names each thing that is
not. Do not unpack and pack the archive again: that changes it.

To follow one record from the finding to its line in the original log:

  node halflight-verify.mjs BUNDLE.zip --key KEY --trace ID --raw LOGFILE

WHAT EACH FILE HOLDS
--------------------

  summary.json          sums by service and kind of account
  findings.ndjson       what was found, what was judged, and each step of it
  evidence.ndjson       log records behind findings, with the place of each
                        in its input, what matched it, and its SHA-256
  usage.csv             who used what on which day, for a spreadsheet
  numbers.ndjson        the same rows, and what each piece of input gave to
                        each number
  chunks.ndjson         the pieces of input that were read, each with its
                        SHA-256 and what became of all its records
  inventory.json        the register of AI systems
  decisions.ndjson      decisions of people
  coverage.ndjson       what arrived from each source hour by hour, what is
                        known to be missing, and when a source was silent
  audit.ndjson          the records of the audit log of the period, each with
                        the proof that it stands in the log
  audit-checkpoint.txt  size and root of that log, signed
  manifest.json         every file with its size and SHA-256
  manifest.note         the signature over manifest.json
  timestamp.tsr         where it is there: a third party's word that the
                        signature was there at a time (RFC 3161)

Files that end in .ndjson hold one JSON object on each line.

WHAT IT DOES NOT PROVE
----------------------

- That the logs were true or whole before Halflight read them. Their hashes
  are here; compare them with the originals where these are kept elsewhere.
- That nothing else was used: only what the sources see can be found.
  coverage.ndjson says what they saw. No data is never no use.
- Samples are what is kept of a record: queries, secrets${scope.names ? '' : ' and what names\n  people'} are taken
  out, and long ones are cut. record_sha256 is that of the whole record.
- Evidence is a sample by a fixed rule: the first record of each actor on a
  service, and the first three of each service and day.
- Numbers are told from pieces of input, not from single lines of them. What
  no piece explains stands under "rest", and summary.json counts such rows.
- A finding's own numbers are those of its window when it was last judged,
  which need not be this period.
`;
}
