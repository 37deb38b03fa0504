# Peer: the same roll-up (service, day, user: events, attempts, bytes) in awk. Days of layouts with epoch times are day numbers.
#   mawk -v layout=squid -f rollup.awk HOSTS.tsv ACCESS.log      HOSTS.tsv: host, tab, service (empty: does not count)
BEGIN {
  split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " ")
  for (i = 1; i <= 12; i++) month[names[i]] = sprintf("%02d", i)
  TABS = layout == "zeek"
  CSV = layout == "zscaler"
}
FNR == NR {
  at = index($0, "\t")
  service[substr($0, 1, at - 1)] = substr($0, at + 1)
  # The next file has separators of its own; they count from its first line on.
  if (TABS) FS = "\t"
  else if (CSV) FS = "\",\""
  next
}
layout == "squid" {
  if (NF < 10) next
  if ($6 == "CONNECT") { u = $7; sub(/:.*/, "", u) }
  else { u = substr($7, index($7, "://") + 3); i = index(u, "/"); if (i) u = substr(u, 1, i - 1) }
  if (!find(u)) next
  if ($1 !~ /^[0-9]+\.[0-9]+$/) next
  add(int($1 / 86400), $8 == "-" ? $3 : $8, $4 ~ /DENIED/, 0, $5)
  next
}
CSV {
  if (NF < 27) next
  u = $4; i = index(u, "/"); if (i) u = substr(u, 1, i - 1); sub(/:.*/, "", u)
  if (!find(u)) next
  split($1, stamp, " +")
  add(stamp[5] "-" month[stamp[2]] "-" sprintf("%02d", stamp[3]), $2 == "None" ? $22 : $2, $5 == "Blocked", $8, $9)
  next
}
TABS {
  if (NF < 15 || !find($9)) next
  if ($1 !~ /^[0-9]+\.[0-9]+$/) next
  add(int($1 / 86400), $3, $17 == 407, $15, $16)
  next
}
layout == "elff" {
  if (NF < 27 || !find($17)) next
  if ($1 !~ /^[0-9]+-[01][0-9]-[0-3][0-9]$/ || $1 ~ /-13-/) next
  add($1, $5 == "-" ? $4 : $5, $8 == "DENIED", $(NF - 3), $(NF - 4))
  next
}
layout == "zeek-json" {
  if (!find(text("\"host\":\"")) || substr($0, length($0)) != "}") next
  t = number("\"ts\":")
  if (t !~ /^[0-9]+\.[0-9]+/) next
  add(int(t / 86400), text("\"id.orig_h\":\""), number("\"status_code\":") + 0 == 407, number("\"request_body_len\":") + 0, number("\"response_body_len\":") + 0)
  next
}
layout == "cloudflare" {
  if (!find(text("\"HTTPHost\":\"")) || substr($0, length($0)) != "}") next
  who = text("\"Email\":\"")
  if (who == "") who = text("\"SourceIP\":\"")
  add(substr(text("\"Datetime\":\""), 1, 10), who, text("\"Action\":\"") == "block", 0, 0)
  next
}
function text(key,  i, rest) {
  i = index($0, key)
  if (!i) return ""
  rest = substr($0, i + length(key))
  return substr(rest, 1, index(rest, "\"") - 1)
}
function number(key,  i) {
  i = index($0, key)
  return i ? substr($0, i + length(key), 20) : ""
}
# The service of the longest part of the host that the catalog names; sets `found`.
function find(host,  h, i) {
  h = tolower(host)
  sub(/\.$/, "", h)
  for (;;) {
    if (h in service) { found = service[h]; return found != "" }
    i = index(h, ".")
    if (!i) return 0
    h = substr(h, i + 1)
  }
}
function add(day, who, refused, sent, received,  key) {
  key = found "\t" day "\t" who
  if (refused) { attempts[key]++; if (!(key in events)) events[key] = 0; return }
  events[key]++
  out[key] += sent
  received_[key] += received
}
END { for (key in events) printf "%s\t%d\t%d\t%.0f\t%.0f\n", key, events[key], attempts[key], out[key], received_[key] }
